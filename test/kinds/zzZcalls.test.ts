import { day, hour, later, minute } from '../../lib/model/clock.ts';
import { told } from '../wired.ts';
import { accountWithKey, encrypt, grant, newKey, stands, tags, versions, wishFor } from './batchCmkStage.ts';
import type { Cmk } from './batchCmkStage.ts';
import { policy, stage } from './poolCertificateStage.ts';
jest.setTimeout(120_000);
const say = (...x: unknown[]) => process.stderr.write(x.map((y) => (typeof y === 'string' ? y : JSON.stringify(y))).join(' ') + '\n');
async function resting(more: Record<string, string> = {}, ageDays = 1): Promise<Cmk> {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays, tags: { ...tags, ...more } });
  await s.b.live(20 * minute);
  return s;
}
function tally(calls: readonly string[]) {
  const t: Record<string, number> = {};
  for (const c of calls) t[c] = (t[c] ?? 0) + 1;
  return t;
}
const body = { error: { code: 'Forbidden' } };
const keyOf = (s: Cmk) => s.first.slice(0, s.first.lastIndexOf('/'));
const scenes: [string, () => Promise<Cmk>][] = [
  ['rest', () => resting()],
  ['microsoft-managed', async () => { const s = await resting({ RotationKey: 'Microsoft.Batch' }); await s.b.live(7 * hour); return s; }],
  ['pinned', async () => { const s = await resting(); wishFor(s.b, s.first); return s; }],
  ['pinned expiring', async () => { const s = await resting(); wishFor(s.b, s.first); s.b.vault.keys.update('cmk', { expiresOn: later(s.b.clock.now(), 5 * day) }); return s; }],
  ['pinned expired in 1 day', async () => { const s = await resting(); wishFor(s.b, s.first); s.b.vault.keys.update('cmk', { expiresOn: later(s.b.clock.now(), 1 * day) }); return s; }],
  ['not provisioned', async () => { const s = await resting(); s.account.provisioningState = 'Failed'; return s; }],
  ['updating for ever', async () => { const s = await resting(); (s.account as { provisioningState: string }).provisioningState = 'Updating'; return s; }],
  ['lost', async () => { const s = await resting(); grant(s.account, s.b.vault, new Set()); return s; }],
  ['rotate forbidden, due', async () => { const s = await resting({}, 59); s.b.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 403, body } }); return s; }],
  ['rotate 400, due', async () => { const s = await resting({}, 59); s.b.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 400, body: { error: { code: 'BadParameter' } } } }); return s; }],
  ['rotate 409, due', async () => { const s = await resting({}, 59); s.b.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 409, body: { error: { code: 'Conflict' } } } }); return s; }],
  ['update 409, due', async () => { const s = await resting({}, 59); s.b.azure.core.faults.plan({ operation: 'batch.update', lasting: true, effect: { kind: 'status', status: 409, body: { error: { code: 'Conflict' } } } }); return s; }],
  ['wish missing', async () => { const s = await resting(); wishFor(s.b, `${keyOf(s)}/${'f'.repeat(32)}`); return s; }],
  ['wish without grant', async () => { const s = await resting(); const o = await s.b.azure.keyVault.createVault('other'); o.purgeProtection = true; wishFor(s.b, newKey(s.b, o, 'another')); return s; }],
  ['still used by follower, disable', async () => { const s = await resting({ RotationOptions: 'disable-old-version' }, 59); const o = await s.b.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true }); grant(o, s.b.vault); encrypt(o, s.first); s.b.pass(30 * hour); return s; }],
  ['newest disabled, near expiry, rotate 403', async () => { const s = await resting(); s.b.vault.keys.update('cmk', { expiresOn: later(s.b.clock.now(), 29 * day) }); s.b.vault.createKey('cmk', { enabled: false }); s.b.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 403, body } }); return s; }],
  ['rotation policy with short life', async () => { const s = await resting(); s.b.vault.keys.update('cmk', { expiresOn: later(s.b.clock.now(), 20 * day) }); return s; }],
  ['not recoverable', async () => { const s = await resting(); s.b.vault.purgeProtection = false; return s; }],
  ['wrong tag + unfit', async () => { const s = await resting(); s.account.identity = { type: 'None' }; s.b.vault.update('secret', { tags: { ...s.b.tags(), CredentialId: 'f'.repeat(32) } }); return s; }],
  ['withdrawn emergency', async () => { const s = await resting(); s.b.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 503 } }); await s.b.post({ vault: s.b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'x' }); wishFor(s.b, s.first); return s; }],
];
test.each(scenes)('%s', async (name, make) => {
  const s = await make();
  const t = tally(await s.b.calls(() => s.b.live(3 * day)));
  say('##', name, t, told(s.b), stands(s.b).phase ?? '', versions(s.b));
});
