import { day, hour, later, minute } from '../../lib/model/clock.ts';
import { told } from '../wired.ts';
import { accountWithKey, asked, cmk, encrypt, grant, inUse, newKey, newest, stands, tags, versions, wishFor } from './batchCmkStage.ts';
import type { Cmk } from './batchCmkStage.ts';
jest.setTimeout(60_000);
async function resting(more: Record<string, string> = {}): Promise<Cmk> {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags: { ...tags, ...more } });
  await s.b.live(20 * minute);
  return s;
}
function leak({ b }: Cmk, more: object = {}, headers: Record<string, string> = {}) {
  return b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked', ...more }, headers);
}
function unheard({ b }: Cmk): void {
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
}
function withdraw({ b }: Cmk): void {
  const { RotationKey: _, ...rest } = b.tags();
  b.vault.update('secret', { tags: rest });
}
const say = (...x: unknown[]) => process.stderr.write(x.map((y) => (typeof y === 'string' ? y : JSON.stringify(y))).join(' ') + '\n');
function dump(name: string, s: Cmk) { say('##', name, told(s.b), stands(s.b), versions(s.b), s.b.tags()['RotationProgress'] ?? '', s.b.tags()['RotationRecord'] ?? ''); }

test('A: compromised next in publish', async () => {
  const s = await resting();
  unheard(s);
  const old = s.b.vault.grants; 
  s.b.azure.core.faults.plan({ operation: 'batch.update', lasting: true, effect: { kind: 'status', status: 503 } });
  const { version } = s.b.vault.createKey('cmk');
  await s.b.live(7 * hour);
  dump('A before', s);
  const a = await leak(s, { compromised: [version] });
  say('A', a);
  s.b.azure.core.faults.clear?.();
  await s.b.live(8 * hour);
  dump('A', s);
  say('A published leaked', inUse(s.account).endsWith(version));
});
test('A2: compromised next before adoption', async () => {
  const s = await accountWithKey();
  unheard(s);
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags });
  const { version } = s.b.vault.createKey('cmk');
  const a = await leak(s, { compromised: [version] });
  say('A2', a); dump('A2 then', s);
  await s.b.live(40 * hour);
  dump('A2', s); say('A2 published leaked', inUse(s.account).endsWith(version));
});
test('B: emergency accepted, then pinned: GET', async () => {
  const s = await resting();
  s.b.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 503 } });
  const a = await leak(s, {}, { 'idempotency-key': 'k1' });
  say('B', a);
  wishFor(s.b, s.first);
  const again = await leak(s, {}, { 'idempotency-key': 'k2' });
  say('B second', again);
  await s.b.live(2 * hour);
  dump('B', s);
  say('B get', await s.b.show(String(a.body['id'])));
  withdraw(s);
  say('B same key', await leak(s, {}, { 'idempotency-key': 'k1' }));
  dump('B end', s);
});
test('D: lost, forbidden, well', async () => {
  const s = await resting();
  const { b, account } = s;
  grant(account, b.vault, new Set());
  await b.live(7 * hour);
  grant(account, b.vault);
  const body = { error: { code: 'Forbidden' } };
  b.azure.core.faults.plan({ operation: 'getKey', effect: { kind: 'status', status: 403, body } });
  await b.live(8 * hour);
  dump('D', s);
});
test('H: live and older compromised without wish', async () => {
  const s = await cmk();
  await s.b.live(hour);
  const a = await leak(s, { compromised: [s.first.split('/').at(-1), newest(s.b.vault).split('/').at(-1)] });
  say('H', a);
});
test('V: versionless, disable-old, emergency graceful', async () => {
  const s = await accountWithKey();
  const key = s.first.slice(0, s.first.lastIndexOf('/'));
  encrypt(s.account, key);
  s.b.newSecret(s.account, { value: key, ageDays: 2, tags: { ...tags, RotationOptions: 'disable-old-version' } });
  await s.b.live(20 * minute);
  say('V', await leak(s, { mode: 'immediate' }));
  await s.b.live(50 * hour);
  dump('V', s); say(s.b.vault.keys.versions('cmk').map((v) => v.enabled));
});
