import type { NewPool } from '../../../src/arm/batch/pools/pool.ts';
import { identityId, keyVaultExtension } from '../../keyVaultExtension.ts';
import { startWithBatch } from '../../support.ts';

async function withPool(settings: Parameters<typeof keyVaultExtension>, wanted: Partial<NewPool> = {}) {
  const staged = await startWithBatch();
  const url = `${staged.vault.uri}/secrets/cert`;
  const first = staged.vault.setSecret('cert', 'pem 1');
  staged.azure.clock.advance(1_000);
  const extensions = [keyVaultExtension(...settings)];
  const identities = [identityId];
  const pool = staged.azure.createPool(staged.account, { name: 'pool', nodes: 1, extensions, identities, ...wanted });
  const node = pool.nodes[0];
  if (!node) throw new Error('The pool has no node.');
  const nowMs = () => staged.azure.clock.now().getTime();
  return { ...staged, pool, node, url, first, nowMs, status: () => node.extensions.get('certificates') };
}

const url = 'https://kv1.vault.azure.net/secrets/cert';

test.each([
  ['a text', [url]],
  ['an object', [{ url, certificateStoreLocation: '/var/certs' }]],
  ['a text that ends in a slash', [`${url}/`]],
])('a certificate observed by %s is renewed at the next poll, without a word', async (_, observedCertificates) => {
  const { azure, node, vault, first, status } = await withPool([{ observedCertificates }]);
  const second = vault.setSecret('cert', 'pem 2');
  const before = status();
  azure.clock.advance(299_999);
  expect([...node.installed.values()]).toEqual([first.version]);
  azure.clock.advance(1);
  expect([...node.installed.values()]).toEqual([second.version]);
  expect(status()).toEqual(before);
});

test('a renewal is reported if the pool is set to report renewals', async () => {
  const { azure, pool, status, vault, nowMs } = await withPool([{ observedCertificates: [url] }]);
  pool.reportsRenewals = true;
  vault.setSecret('cert', 'pem 2');
  azure.clock.advance(300_000);
  expect(status()).toMatchObject({ succeeded: true, atMs: nowMs() });
});

test('a pinned version is renewed only if the node starts with another address', async () => {
  const staged = await startWithBatch();
  const { version } = staged.vault.setSecret('cert', 'pem 1');
  const extensions = [keyVaultExtension({ observedCertificates: [`${url}/${version}`] })];
  const pool = staged.azure.createPool(staged.account, { name: 'p', nodes: 1, extensions, identities: [identityId] });
  staged.vault.setSecret('cert', 'pem 2');
  staged.azure.clock.advance(86_400_000);
  expect([...(pool.nodes[0]?.installed.values() ?? [])]).toEqual([version]);
});

test('a restarted node has the newest version at once', async () => {
  const { azure, node, vault, nowMs } = await withPool([{ observedCertificates: [url] }]);
  const { version } = vault.setSecret('cert', 'pem 2');
  azure.clock.advance(1_000);
  node.restart();
  expect([...node.installed.values()]).toEqual([version]);
  expect([node.bootedMs, node.status]).toEqual([nowMs(), { state: 'idle', sinceMs: nowMs() }]);
});

test.each<[string, Parameters<typeof keyVaultExtension>, Partial<NewPool>]>([
  ['an empty endpoint', [{ observedCertificates: [url] }, { msiEndpoint: '' }], {}],
  ['another client id', [{ observedCertificates: [url] }, { msiClientId: 'b9f6dd56' }], {}],
  ['no identity', [{ observedCertificates: [url] }], { identities: [] }],
  ['a secret that is not there', [{ observedCertificates: [`${url}x`] }], {}],
  ['the address of a certificate', [{ observedCertificates: [url.replace('secrets', 'certificates')] }], {}],
])('with %s polls fail; a required first sync leaves the node unusable', async (_, [secrets, token], wanted) => {
  const lax = await withPool([secrets, token], wanted);
  expect([lax.node.status.state, lax.status()?.succeeded]).toEqual(['idle', true]);
  lax.azure.clock.advance(300_000);
  expect([lax.node.status.state, lax.status()?.succeeded]).toEqual(['idle', false]);
  const strict = await withPool([{ ...secrets, requireInitialSync: true }, token], wanted);
  expect([strict.node.status.state, strict.status()?.succeeded]).toEqual(['unusable', false]);
});

test('a failure keeps its first time and ends with the next good poll', async () => {
  const { azure, pool, nowMs, status } = await withPool([{ observedCertificates: [url] }]);
  pool.extensionFault = 'IdentityLacksRights';
  azure.clock.advance(300_000);
  const begun = nowMs();
  azure.clock.advance(300_000);
  expect(status()).toMatchObject({ succeeded: false, message: 'IdentityLacksRights', atMs: begun });
  pool.extensionFault = undefined;
  azure.clock.advance(300_000);
  expect(status()).toMatchObject({ succeeded: true, atMs: nowMs() });
});

test('extensions of other vendors do nothing', async () => {
  const other = { name: 'other', publisher: 'Microsoft.Azure.Extensions', type: 'CustomScript' };
  const { node } = await withPool([{ observedCertificates: [] }], { extensions: [other] });
  expect(node.extensions.get('other')).toMatchObject({ succeeded: true });
});

test('a changed identity reaches only nodes created after the pool was empty', async () => {
  const { pool } = await withPool([{ observedCertificates: [url], requireInitialSync: true }]);
  pool.identity = { type: 'None' };
  expect(pool.addNode().status.state).toBe('idle');
  for (const node of pool.nodes) pool.removeNode(node);
  expect(pool.addNode().status.state).toBe('unusable');
});

test('the secret of a certificate can be observed', async () => {
  const { azure, account, vault } = await startWithBatch();
  const policy = { x509_props: { subject: 'CN=nodes' }, issuer: { name: 'Self' } };
  const { versions } = await vault.createCertificate('cert', policy);
  const extensions = [keyVaultExtension({ observedCertificates: [url] })];
  const pool = azure.createPool(account, { name: 'p', nodes: 1, extensions, identities: [identityId] });
  expect([...(pool.nodes[0]?.installed.values() ?? [])]).toEqual([versions.at(-1)?.version]);
});
