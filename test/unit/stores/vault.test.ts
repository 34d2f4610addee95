import {
  createLocalAzure,
  credential,
  inProcessHttpClient,
  manualClock,
} from '../../../infra/azure-emulator/src/index.ts';
import type { Effect, Vault as LocalVault } from '../../../infra/azure-emulator/src/index.ts';
import { clients } from '../../../lib/azure/clients.ts';
import { Sealed } from '../../../lib/model/sealed.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { vault } from '../../../lib/stores/vault.ts';
import { realTime } from '../../support/timers.ts';

async function opened() {
  const azure = await createLocalAzure({ clock: manualClock(new Date('2026-03-02T01:00:00Z')) });
  const local = await azure.keyVault.createVault('kv');
  const endpoints = { armEndpoint: azure.armEndpoint, armAudience: 'https://management.azure.com' };
  const secret = { vaultUrl: local.uri, name: 'a' };
  return {
    azure,
    local,
    secret,
    vault: vault(clients(credential(azure), inProcessHttpClient(azure), endpoints, realTime)),
  };
}

const firewall = (local: LocalVault) => (local.rules.firewall = true);
const noRole = (local: LocalVault) => local.rules.denied.set('listSecrets', 'ForbiddenByRbac');
const noRead = (local: LocalVault) => local.rules.denied.set('getSecret', 'ForbiddenByPolicy');

const rows: [sentence: string, close: (local: LocalVault) => unknown, reason: Reason, code: string][] = [
  ['behind its firewall', firewall, 'firewall', 'ForbiddenByFirewall'],
  ['without a role', noRead, 'forbidden', 'ForbiddenByPolicy'],
  ['of a disabled secret', (local) => local.update('a', { enabled: false }), 'secret-disabled', 'SecretDisabled'],
  ['of a deleted secret', (local) => local.delete('a'), 'secret-missing', 'SecretNotFound'],
  ['that throttles', (local) => (local.rules.throttledForSeconds = 7), 'throttled', 'VaultRequestTypeLimitReached'],
];

test.each(rows)('a read %s is classified by the innermost code', async (_sentence, close, reason, code) => {
  const { local, secret, vault } = await opened();
  local.setSecret('a', 'x');
  close(local);
  await expect(vault.read(secret)).rejects.toMatchObject({ reason, detail: { code, answered: true } });
});

test.each<[string, (local: LocalVault) => unknown, Reason]>([
  ['behind its firewall', firewall, 'firewall'],
  ['without a role', noRole, 'forbidden'],
])('a list %s is classified by the innermost code', async (_sentence, close, reason) => {
  const { local, secret, vault } = await opened();
  close(local);
  const first = vault.list(secret.vaultUrl)[Symbol.asyncIterator]().next();
  await expect(first).rejects.toMatchObject({ reason });
});

test.each<[string, (local: LocalVault) => unknown, Reason]>([
  ['by Azure Policy', (local) => (local.rules.deniedByAzurePolicy = 'p'), 'forbidden-by-policy'],
  ['over a deleted name', (local) => local.delete('a'), 'secret-deleted'],
])('a new version that is refused %s', async (_sentence, close, reason) => {
  const { local, secret, vault } = await opened();
  local.setSecret('a', 'x');
  close(local);
  await expect(vault.set(secret, { value: new Sealed('y'), tags: {} })).rejects.toMatchObject({ reason });
});

const lost: [string, Effect][] = [
  ['reset', { kind: 'reset' }],
  ['lost', { kind: 'lost-response' }],
  ['a 500', { kind: 'status', status: 500 }],
  ['a 429', { kind: 'status', status: 429 }],
];

test.each(lost)('R3: one intent is one request, also where the answer is %s', async (_sentence, effect) => {
  const { azure, local, secret, vault } = await opened();
  local.setSecret('a', 'x');
  await vault.read(secret);
  azure.core.faults.plan({ operation: 'setSecret', effect });
  await expect(vault.set(secret, { value: new Sealed('y'), tags: {} })).rejects.toMatchObject({
    name: 'OperationError',
  });
  expect(azure.core.journal.calls.filter(({ operation }) => operation === 'setSecret')).toHaveLength(1);
});

test('promise 8: writing tags leaves value, content type, expiry and state of a version as they are', async () => {
  const { local, secret, vault } = await opened();
  const expiresOn = new Date('2027-01-01T00:00:00Z');
  const { version } = local.setSecret('a', 'x', { contentType: 'text/plain', expiresOn, tags: { old: '1' } });
  await vault.tag(secret, version, { new: '2' });
  expect(local.current('a')).toMatchObject({ value: 'x', contentType: 'text/plain', expiresOn, enabled: true });
  expect(local.current('a')?.tags).toEqual({ new: '2' });
});

test('tags are written to exactly the version that was read', async () => {
  const { local, secret, vault } = await opened();
  const { version } = local.setSecret('a', 'x');
  local.setSecret('a', 'y', { tags: { theirs: '1' } });
  await vault.tag(secret, version, { ours: '1' });
  expect(local.current('a')?.tags).toEqual({ theirs: '1' });
});

test('promise 5: value, tags, expiry and content type are one call', async () => {
  const { azure, local, secret, vault } = await opened();
  const expiresOn = new Date('2027-01-01T00:00:00Z');
  const written = await vault.set(secret, {
    value: new Sealed('y'),
    tags: { a: '1' },
    expiresOn,
    contentType: 'text/x',
  });
  expect(local.current('a')).toMatchObject({ value: 'y', tags: { a: '1' }, expiresOn, contentType: 'text/x' });
  expect(written.value.open()).toBe('y');
  const sent = azure.core.journal.calls.filter(({ status }) => status === 200);
  expect(sent.map(({ operation }) => operation)).toEqual(['setSecret']);
});

test('disabling what does not exist any more is done already', async () => {
  const { local, secret, vault } = await opened();
  const { version } = local.setSecret('a', 'x');
  local.setSecret('a', 'y');
  await vault.disable(secret, version);
  await vault.disable(secret, '0'.repeat(32));
  expect(local.versions('a').map(({ enabled }) => enabled)).toEqual([false, true]);
});

test('a list shows tags and dates of every secret, and no value', async () => {
  const { azure, local, secret, vault } = await opened();
  for (let i = 0; i < 60; i += 1) local.setSecret(`s${i}`, 'hidden', { tags: { n: String(i) } });
  const listed = [];
  for await (const each of vault.list(secret.vaultUrl)) listed.push(each);
  expect(listed.map(({ tags }) => tags['n']).toSorted()).toEqual(
    Array.from({ length: 60 }, (_, i) => String(i)).toSorted(),
  );
  expect(JSON.stringify(listed)).not.toContain('hidden');
  expect(azure.core.journal.calls.filter(({ status }) => status === 200)).toHaveLength(3);
});
