import type { Effect } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../../lib/model/clock.ts';
import {
  autoRenewPolicy,
  countRequests,
  createAdoptedPoolCertificate,
  signRequest,
  type PoolCertificate,
} from '../../support/poolCertificates.ts';

const nearItsEnd = { ageDays: 340 };
const pinned = { ...nearItsEnd, observed: (url: string, version: string) => `${url}/${version}` };

/** Codes in announcements of a reason. */
function codesOf({ app }: PoolCertificate, reason: string): readonly (string | undefined)[] {
  return app.messages.flatMap(({ type, data }) =>
    type.includes('Rotation') && data.reason === reason ? [data.code] : [],
  );
}

test('a pool that pins a version is announced, and does not hold the rotation', async () => {
  const target = await createAdoptedPoolCertificate(pinned);
  await target.app.run(12 * hour);
  expect(target.certificate.versions).toHaveLength(2);
  expect(target.app.value()).toBe(target.idOf(target.newest()));
  expect(codesOf(target, 'pool-url-pinned')).toEqual(['nodes']);
  await target.app.run(14 * hour);
  expect(target.app.announced()).toContain('Rotation.Stuck pool-url-pinned');
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

test('the old version stays enabled while nodes still use it, even with disable-old-version', async () => {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT2H' };
  const { app, enabled } = await createAdoptedPoolCertificate({ ...pinned, tags });
  await app.run(27 * hour);
  expect(app.tags()['RotationPhase']).toBe('idle');
  expect(enabled()).toEqual([true, true]);
});

test('the rotation waits for nodes whose extension fails', async () => {
  const target = await createAdoptedPoolCertificate(nearItsEnd);
  target.pool.extensionFault = 'VaultUnreachable';
  await target.app.run(6 * hour);
  expect(codesOf(target, 'nodes-behind')).toEqual(['nodes']);
  expect(target.app.tags()['RotationPhase']).toMatch(/^verify, nodes-behind/);
  target.pool.extensionFault = undefined;
  await target.app.run(3 * hour);
  expect(target.installed()).toEqual([target.newest(), target.newest()]);
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

test('the rotation completes while nodes come and go', async () => {
  const target = await createAdoptedPoolCertificate(nearItsEnd);
  for (let hours = 0; hours < 5; hours += 1) {
    const [first] = target.pool.nodes;
    if (first) target.pool.removeNode(first);
    target.pool.addNode().become('rebooting');
    await target.app.run(hour);
  }
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

test('the rotation does not wait for nodes that restarted since', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 300, policy: autoRenewPolicy });
  target.app.dropEvents();
  target.app.pass(10 * day);
  await target.app.vault.catchUp();
  for (const node of target.pool.nodes) node.restart();
  await target.app.run(7 * hour);
  expect(target.app.value()).toBe(target.idOf(target.newest()));
  expect(target.app.announced()).not.toContain('Rotation.Held nodes-polling');
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

test('the rotation completes after two polls when nodes cannot be read', async () => {
  const target = await createAdoptedPoolCertificate(nearItsEnd);
  target.app.azure.core.faults.plan({ service: 'batch', lasting: true, effect: { kind: 'status', status: 403 } });
  await target.app.run(hour);
  expect(target.app.tags()['RotationPhase']).toMatch(/^verify, nodes-polling/);
  await target.app.run(3 * hour);
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

test('the rotation waits a day for pools that cannot be listed', async () => {
  const target = await createAdoptedPoolCertificate(nearItsEnd);
  target.app.azure.core.faults.plan({ operation: 'pool.list', lasting: true, effect: { kind: 'status', status: 403 } });
  await target.app.run(day);
  expect(target.app.tags()['RotationPhase']).toMatch(/^verify, forbidden/);
  await target.app.run(4 * hour);
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

const byHand = { issuer: { name: 'Unknown' } };

test('a request that waits for a signature is announced without its content, and used when merged', async () => {
  const target = await createAdoptedPoolCertificate({ ...nearItsEnd, policy: byHand });
  await target.app.run(7 * hour);
  expect(codesOf(target, 'certificate-awaits-merge')).toEqual(['tls']);
  expect(countRequests(target.app)).toBe(1);
  const { csr } = target.app.vault.certificates.pending('tls');
  const written = JSON.stringify([target.app.messages, target.app.tags()]);
  expect(written).not.toContain(csr.toString('base64').slice(0, 40));
  await target.app.vault.certificates.merge('tls', await signRequest(csr));
  await target.app.run(4 * hour);
  expect(target.app.value()).toBe(target.idOf(target.newest()));
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

test('a refusal of the issuer is announced with its code, and the request repeated once a day', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 330 });
  target.app.pass(6 * day);
  target.app.vault.certificates.issuance.error = { code: 'Request rejected', message: 'no' };
  await target.app.run(20 * hour);
  expect(codesOf(target, 'certificate-not-issued')).toEqual(['Requestrejected']);
  expect(countRequests(target.app)).toBe(1);
  target.app.vault.certificates.issuance.error = undefined;
  await target.app.run(30 * hour);
  expect(countRequests(target.app)).toBe(2);
  expect(target.app.value()).toBe(target.idOf(target.newest()));
});

test('a slow issuer gets one request', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 330 });
  target.app.vault.certificates.issuance.takesMs = 5 * hour;
  await target.app.runEvents(5 * day + hour);
  await target.app.run(10 * hour);
  expect(countRequests(target.app)).toBe(1);
  expect(target.app.value()).toBe(target.idOf(target.newest()));
});

const strikes: [string, string, Effect][] = [
  ['before the request for a version', 'createCertificate', { kind: 'stop', when: 'before' }],
  ['after it', 'createCertificate', { kind: 'stop', when: 'after' }],
  ['while it is inspected', 'getCertificateOperation', { kind: 'stop', when: 'after' }],
  ['before the secret is written', 'setSecret', { kind: 'stop', when: 'before' }],
  ['after the secret is written', 'setSecret', { kind: 'stop', when: 'after' }],
  ['while pools are listed', 'pool.list', { kind: 'stop', when: 'after' }],
  ['with the answer to the request lost', 'createCertificate', { kind: 'lost-response' }],
];

test.each(strikes)('one version is made when a worker ends %s', async (_sentence, operation, effect) => {
  const target = await createAdoptedPoolCertificate({ tags: { ValidityPeriodDays: '90' } });
  target.app.pass(59 * day);
  const fault = target.app.azure.core.faults.plan({ operation, effect });
  void target.app.sweep('generate');
  while (fault.fired === 0) await new Promise(setImmediate);
  target.app.pass(5 * minute);
  await target.app.run(12 * hour);
  expect(fault.fired).toBe(1);
  expect(target.certificate.versions).toHaveLength(2);
  expect(target.app.value()).toBe(target.idOf(target.newest()));
  expect(target.app.tags()['RotationPhase']).toBe('idle');
});

describe('R37: an extension status of an unknown form is no evidence', () => {
  const failedByNumber = { code: 'ProvisioningState/failed/1', level: 2, message: 'x' };
  test.each<[string, object]>([
    ['a failure whose level is a number', { instanceView: { statuses: [failedByNumber] } }],
    ['a failure by its code alone', { instanceView: { statuses: [{ code: 'ProvisioningState/failed/1' }] } }],
    ['statuses that are a word', { provisioningState: 'Succeeded', instanceView: { statuses: 'fine' } }],
    ['a view that is a list', { instanceView: [] }],
    ['a state that was cancelled', { provisioningState: 'canceled' }],
  ])('%s: nodes are behind, and the old version stays', async (_sentence, answer) => {
    const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT2H' };
    const target = await createAdoptedPoolCertificate({ ...nearItsEnd, tags });
    const body = { value: [{ vmExtension: { type: 'KeyVaultForLinux' }, ...answer }] };
    const effect: Effect = { kind: 'status', status: 200, body };
    target.app.azure.core.faults.plan({ operation: 'batchData.nodeExtensions', lasting: true, effect });
    await target.app.run(8 * hour);
    expect([...target.app.reasons()]).toContain('nodes-behind');
    expect(target.enabled()).toEqual([true, true]);
  });

  test('nodes that cannot be read do not let the old version end', async () => {
    const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT2H' };
    const target = await createAdoptedPoolCertificate({ ...nearItsEnd, tags });
    const effect: Effect = { kind: 'status', status: 200, body: { value: [{ id: 7 }] } };
    target.app.azure.core.faults.plan({ operation: 'batchData.nodes', lasting: true, effect });
    await target.app.run(30 * hour);
    expect([[...target.app.reasons()].includes('nodes-unreadable'), target.enabled()]).toEqual([true, [true, true]]);
  });
});

test('R38: nodes that have the version outrank an image that is not in the table', async () => {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT2H' };
  const target = await createAdoptedPoolCertificate({ ...nearItsEnd, tags });
  const image = { publisher: 'almalinux', offer: 'almalinux-x86_64', sku: '9-gen2', version: 'latest' };
  Object.assign(target.pool.properties.deploymentConfiguration.virtualMachineConfiguration, { imageReference: image });
  target.pool.reportsRenewals = true;
  await target.app.run(12 * hour);
  expect([...target.app.reasons()]).toEqual(expect.arrayContaining(['seen-on-nodes', 'pool-image-unsupported']));
  expect(target.app.announced()).not.toContain('Rotation.Held pool-image-unsupported');
  expect(target.enabled()).toEqual([false, true]);
});
