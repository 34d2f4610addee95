import { day, hour, minute } from '../../../lib/model/clock.ts';
import { policy, stage, type Stage } from './poolCertificateStage.ts';

jest.setTimeout(60_000);

function leak({ b }: Stage, more: object) {
  return b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked', ...more });
}

function enabled({ certificate }: Stage): readonly boolean[] {
  return certificate.versions.map((version) => version.enabled);
}

/** Version after version, each on the nodes. */
async function withVersions(count: number): Promise<Stage> {
  const s = await stage();
  for (let made = 1; made < count; made += 1) {
    s.b.pass(hour);
    await s.b.vault.createCertificate('tls', policy);
    await s.b.live(28 * hour);
  }
  return s;
}

test.each([
  ['three old versions', 4, 0, 3],
  ['the live one and two old ones, while a newer one waits,', 3, 1, 3],
])('%s leaked: all are disabled', async (_sentence, count, waiting, leaked) => {
  const s = await withVersions(count);
  s.b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  if (waiting > 0) await s.b.vault.createCertificate('tls', policy);
  const compromised = s.certificate.versions.slice(0, leaked).map(({ version }) => version);
  expect((await leak(s, { compromised })).status).toBe(202);
  await s.b.live(4 * day);
  expect(enabled(s).slice(0, leaked)).toEqual(compromised.map(() => false));
});

test('an emergency about an old version does not end the one that nodes still use', async () => {
  const s = await withVersions(2);
  await s.b.vault.createCertificate('tls', policy);
  await s.b.live(40 * minute);
  const [old] = s.certificate.versions;
  const { body } = await leak(s, { mode: 'immediate', compromised: [old?.version] });
  await s.b.live(2 * day);
  expect(enabled(s)).toEqual([false, true, true]);
  expect((await s.b.show(String(body['id']))).status).toBe(200);
});
