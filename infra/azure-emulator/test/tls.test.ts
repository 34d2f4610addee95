import { SecretClient } from '@azure/keyvault-secrets';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { ManagedIdentityCredential } from '@azure/identity';
import type { Vault } from '../src/key-vault/state.ts';
import { systemClock } from '../src/shared/clock.ts';
import { startLocalAzure } from '../src/shells/tls.ts';
import type { RunningLocalAzure } from '../src/shells/tls.ts';

let local: RunningLocalAzure;
let vault: Vault;
let client: SecretClient;
let folder: string;
const shell = new EventEmitter();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-azure-test-'));
  local = await startLocalAzure({ clock: systemClock(), folder, onStop: (call) => shell.emit('stop', call) });
  const { keyVault, identity } = local.azure;
  vault = await keyVault.createVault('kv1');
  process.env['IDENTITY_ENDPOINT'] = identity.endpoint;
  process.env['IDENTITY_HEADER'] = identity.header;
  client = new SecretClient(vault.uri, new ManagedIdentityCredential(), {
    tlsOptions: { ca: local.certificates.ca },
    retryOptions: { maxRetries: 0 },
    // As for every vault whose host does not end in vault.azure.net.
    disableChallengeResourceVerification: true,
  });
});

afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

test('the real client with a managed identity writes, reads and lists over TLS', async () => {
  for (let index = 0; index < 30; index += 1) vault.setSecret(`other${index}`, 'x');
  await client.setSecret('s', 'value', { tags: { a: '1' } });
  expect((await client.getSecret('s')).value).toBe('value');
  let listed = 0;
  for await (const { name } of client.listPropertiesOfSecrets()) listed += name === '' ? 0 : 1;
  expect(listed).toBe(31);
});

test('a client that does not trust our CA does not connect', async () => {
  const stranger = new SecretClient(vault.uri, new ManagedIdentityCredential(), { retryOptions: { maxRetries: 0 } });
  await expect(stranger.getSecret('s')).rejects.toThrow(/certificate/);
});

test.each([
  ['reset', 0],
  ['lost-response', 1],
] as const)('a %s really cuts the connection', async (kind, versions) => {
  local.azure.core.faults.plan({ operation: 'setSecret', effect: { kind } });
  await expect(client.setSecret(kind, '1')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(vault.versions(kind)).toHaveLength(versions);
});

test('a stop leaves the sender without an answer and names the call', async () => {
  local.azure.core.faults.plan({ operation: 'getSecret', effect: { kind: 'stop', when: 'before' } });
  const stopped = once(shell, 'stop');
  const abort = new AbortController();
  const read = client.getSecret('s', { abortSignal: abort.signal });
  expect(await stopped).toMatchObject([{ operation: 'getSecret', cut: 'stop' }]);
  abort.abort();
  await expect(read).rejects.toMatchObject({ name: 'AbortError' });
});
