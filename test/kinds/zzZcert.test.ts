import { day, hour } from '../../lib/model/clock.ts';
import { policy, stage, told, type Stage } from './poolCertificateStage.ts';
jest.setTimeout(60_000);
function leak({ b }: Stage, more: object = {}) {
  return b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked', ...more });
}
const say = (...x: unknown[]) => process.stderr.write(x.map((y) => (typeof y === 'string' ? y : JSON.stringify(y))).join(' ') + '\n');
function enabled({ certificate }: Stage): readonly boolean[] {
  return certificate.versions.map((version) => version.enabled);
}
test.each([[false], [true]])('F: many old ones leaked, live too: %s', async (live) => {
  const s = await stage({ ageDays: 100 });
  for (let i = 0; i < 4; i++) { s.b.pass(hour); await s.b.vault.createCertificate('tls', policy); await s.b.live(28 * hour); }
  say('F before', enabled(s), told(s.b), s.b.tags()['RotationRecord'] ?? '');
  const all = s.certificate.versions.map(({ version }) => version);
  try {
    const a = await leak(s, { compromised: live ? all.slice(1) : all.slice(0, 4) });
    say('F', live, a);
  } catch (e) { say('F THROWN', String(e).slice(0, 300)); }
  say('F rec', s.b.tags()['RotationRecord']?.length, s.b.tags()['RotationProgress']?.length);
  await s.b.live(3 * day);
  say('F end', live, enabled(s), told(s.b), s.b.tags()['RotationPhase'] ?? '');
});
test.each([[2],[3]])('F2: %s old ones leaked and the live one, with a next waiting', async (n) => {
  const s = await stage({ ageDays: 100 });
  for (let i = 0; i < n; i++) { s.b.pass(hour); await s.b.vault.createCertificate('tls', policy); await s.b.live(28 * hour); }
  s.b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  await s.b.vault.createCertificate('tls', policy);
  const all = s.certificate.versions.map(({ version }) => version).slice(0, -1);
  try { const a = await leak(s, { compromised: all }); say('F2', n, a); } catch (e) { say('F2 THROWN', n, String(e).slice(0, 300)); }
  say('F2 rec', n, s.b.tags()['RotationRecord']?.length, s.b.tags()['RotationProgress']?.length);
  await s.b.live(3 * day);
  say('F2 end', n, enabled(s), told(s.b), s.b.tags()['RotationPhase'] ?? '', s.b.tags()['RotationRecord']?.length ?? 0);
});
