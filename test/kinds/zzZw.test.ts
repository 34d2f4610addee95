import { day, hour, later, minute } from '../../lib/model/clock.ts';
import { told, noted } from '../wired.ts';
import { accountWithKey, cmk, encrypt, grant, inUse, newest, stands, tags, versions, wishFor } from './batchCmkStage.ts';
import type { Cmk } from './batchCmkStage.ts';
import { policy, stage } from './poolCertificateStage.ts';
jest.setTimeout(60_000);
const say = (...x: unknown[]) => process.stderr.write(x.map((y) => (typeof y === 'string' ? y : JSON.stringify(y))).join(' ') + '\n');
function leak({ b }: Pick<Cmk, 'b'>, more: object = {}, headers: Record<string, string> = {}) {
  return b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked', ...more }, headers);
}
async function following(more: Record<string, string> = {}, ageDays = 2) {
  const s = await accountWithKey();
  const key = s.first.slice(0, s.first.lastIndexOf('/'));
  encrypt(s.account, key);
  s.b.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [{ type: 'Rotate', timeAfterCreate: 'P365D', timeBeforeExpiry: undefined }] } as never);
  s.b.newSecret(s.account, { value: key, ageDays, tags: { ...tags, ...more } });
  return { ...s, key };
}

test.each([[{}], [{ RotationOptions: 'disable-old-version' }]])('W: managed-by-batch, the newest leaked %j', async (more) => {
  const s = await following(more);
  await s.b.live(20 * minute);
  const { version } = s.b.vault.createKey('cmk');
  await s.b.live(26 * hour);
  say('W rest', told(s.b), stands(s.b));
  const a = await leak(s, { compromised: [version] });
  say('W', a.status ?? 0, a.body);
  await s.b.live(30 * hour);
  say('W end', told(s.b), stands(s.b), versions(s.b), s.b.vault.keys.versions('cmk').map((v) => v.enabled));
  say('W get', await s.b.show(String(a.body['id'])));
});
test('L: late false alarm', async () => {
  const s = await following({}, 400);
  await s.b.live(hour);
  say('L adopted', told(s.b), noted(s.b), stands(s.b));
  s.b.pass(5 * day);
  await s.b.live(1 * day);
  const before = noted(s.b).length;
  s.b.azure.core.faults.plan({ operation: 'batch.get', effect: { kind: 'status', status: 503 } });
  await s.b.live(1 * day);
  say('L', told(s.b), noted(s.b).slice(before), stands(s.b));
});
test('M: not wished old is ended by an emergency about another', async () => {
  const s = await stage({ ageDays: 340 });
  await s.b.live(6 * hour); // v2
  s.b.pass(50 * day);
  await s.b.vault.createCertificate('tls', policy);
  await s.b.live(40 * minute);
  say('M before', s.certificate.versions.map((v) => v.enabled), told(s.b), s.b.tags()['RotationPhase'] ?? '');
  const a = await s.b.post({ vault: s.b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'x', compromised: [s.certificate.versions[0]?.version] });
  say('M', a);
  await s.b.live(2 * day);
  say('M end', s.certificate.versions.map((v) => v.enabled), told(s.b), s.b.tags()['RotationPhase'] ?? '');
});
test('N: emergency in revoke while pinned', async () => {
  const s = await cmk({ RotationOptions: 'disable-old-version' });
  await s.b.live(hour);
  wishFor(s.b, inUse(s.account));
  const a = await leak(s);
  say('N', a.status ?? 0, a.body);
  await s.b.live(3 * day);
  say('N end', told(s.b), stands(s.b), versions(s.b), s.b.vault.keys.versions('cmk').map((v) => v.enabled));
  say('N get', await s.b.show(String(a.body['id'])));
});
test('O: settling with disable-old, then wish Microsoft.Batch, then other key', async () => {
  const s = await cmk({ RotationOptions: 'disable-old-version' });
  await s.b.live(hour);
  wishFor(s.b, 'Microsoft.Batch');
  await s.b.live(30 * hour);
  say('O', told(s.b), stands(s.b), inUse(s.account), s.b.vault.keys.versions('cmk').map((v) => v.enabled));
});
test('P: certificate disabled: the one in use, newer none', async () => {
  const s = await stage();
  s.b.vault.certificates.update('tls', { enabled: false });
  await s.b.live(2 * day);
  say('P', told(s.b), s.b.tags()['RotationPhase'] ?? '');
});
test('Q: pinned wish older than newest, then settle, verify', async () => {
  const s = await accountWithKey();
  s.b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags: { ...tags, RotationOptions: 'disable-old-version' } });
  await s.b.live(20 * minute);
  const v2 = s.b.vault.createKey('cmk').version;
  s.b.pass(minute);
  const v3 = s.b.vault.createKey('cmk').version;
  wishFor(s.b, s.first.slice(0, -32) + v2);
  await s.b.live(40 * hour);
  say('Q', told(s.b), stands(s.b), inUse(s.account).endsWith(v2), s.b.vault.keys.versions('cmk').map((v) => v.enabled));
});
