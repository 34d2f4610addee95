import { day, hour, minute } from '../../../lib/model/clock.ts';
import {
  certificatePolicy,
  createAdoptedPoolCertificate,
  type PoolCertificate,
} from '../../support/poolCertificates.ts';

jest.setTimeout(60_000);

/** Version after version, each on the nodes. */
async function withVersions(count: number): Promise<PoolCertificate> {
  const target = await createAdoptedPoolCertificate();
  for (let made = 1; made < count; made += 1) {
    target.app.pass(hour);
    await target.app.vault.createCertificate('tls', certificatePolicy);
    await target.app.run(28 * hour);
  }
  return target;
}

test.each([
  ['three old versions', 4, 0, 3],
  ['the live one and two old ones, while a newer one waits,', 3, 1, 3],
])('%s leaked: all are disabled', async (_sentence, count, waiting, leaked) => {
  const target = await withVersions(count);
  target.app.dropEvents();
  if (waiting > 0) await target.app.vault.createCertificate('tls', certificatePolicy);
  const compromised = target.certificate.versions.slice(0, leaked).map(({ version }) => version);
  expect((await target.app.requestRotation({ compromised })).status).toBe(202);
  await target.app.run(4 * day);
  expect(target.enabled().slice(0, leaked)).toEqual(compromised.map(() => false));
});

test('an emergency about an old version does not end the one that nodes still use', async () => {
  const target = await withVersions(2);
  await target.app.vault.createCertificate('tls', certificatePolicy);
  await target.app.run(40 * minute);
  const [old] = target.certificate.versions;
  const { body } = await target.app.requestRotation({ mode: 'immediate', compromised: [old?.version] });
  await target.app.run(2 * day);
  expect(target.enabled()).toEqual([false, true, true]);
  expect((await target.app.show(String(body['id']))).status).toBe(200);
});
