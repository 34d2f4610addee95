import { day, hour, minute } from '../../../lib/model/clock.ts';
import { autoRenewPolicy, createAdoptedPoolCertificate, type PoolCertificate } from '../../support/poolCertificates.ts';

jest.setTimeout(60_000);

/** Sweeps call these once for all targets, consumers and notices. */
const ofSweeps = /KeyturnSecrets|ServiceHealthResources/;

const look = ['getCertificate'];
/** Where another version is newer than the one in use. */
const lookAtBoth = ['getCertificate', 'getCertificateVersion'];
/** The SDK reads the certificate before it reads the request for its next version. */
const request = ['getCertificate', 'getCertificateOperation'];
/** Two nodes; these go to the account itself. */
const nodes = ['batchData.nodes', 'batchData.nodeExtensions', 'batchData.nodeExtensions'];
/** The vault and the identities of the pools, and what roles they have. */
const audit = ['resourceGraph.query', 'resourceGraph.query'];
/** The age of the version, the pools that observe it, and their nodes. */
const evidence = ['getCertificateVersion', 'pool.list', ...audit, ...nodes];

async function callsOf({ app }: PoolCertificate, ms: number): Promise<readonly string[]> {
  const { calls } = app.azure.core.journal;
  const before = calls.length;
  await app.run(ms);
  return calls
    .slice(before)
    .filter(({ service, status }) => asksAzure.has(service) && status !== 401)
    .filter(({ operation, request }) => operation !== 'listSecrets' && !ofSweeps.test(request.body))
    .map(({ operation }) => operation);
}

const asksAzure: ReadonlySet<string> = new Set(['arm', 'key-vault', 'batch']);

test('a rotation that makes a version takes 30 calls and reads each node twice', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 330 });
  target.app.dropEvents();
  target.app.pass(6 * day);
  const begin = ['getSecret', ...look, ...look, 'updateSecret'];
  const generate = [
    'batch.get',
    ...look,
    ...request,
    ...look,
    'pool.list',
    'createCertificate',
    'getCertificateOperation',
    ...lookAtBoth,
  ];
  const publish = ['getSecret', 'setSecret'];
  const verify = [...look, ...evidence, 'updateSecret'];
  const later = ['getSecret', ...look, ...evidence, 'updateSecret', 'updateSecret'];
  expect(await callsOf(target, 5 * hour)).toEqual([...begin, ...generate, ...publish, ...verify, ...later]);
});

test('a rotation that adopts a version takes 13 calls and reads each node once', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 300, policy: autoRenewPolicy });
  target.app.dropEvents();
  target.app.pass(10 * day);
  await target.app.vault.catchUp();
  const begin = ['getSecret', ...lookAtBoth, ...lookAtBoth];
  const verify = [...look, ...evidence, 'updateSecret', 'updateSecret'];
  expect(await callsOf(target, 5 * hour)).toEqual([...begin, 'setSecret', ...verify]);
});

test('a target at rest takes 2 calls in six hours', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 10 });
  await target.app.runEvents(minute);
  expect(await callsOf(target, 6 * hour)).toEqual(['getSecret', ...look]);
});
