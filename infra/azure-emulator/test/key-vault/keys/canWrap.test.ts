import type { Grant } from '../../../src/key-vault/state.ts';
import { startWithClients } from '../../support.ts';

type TestVault = Awaited<ReturnType<typeof startWithClients>>;

const holder = 'the-account';
const all: Grant[] = ['get', 'wrapKey', 'unwrapKey'];

async function granted(grants = all) {
  const emulator = await startWithClients();
  const { version } = emulator.vault.createKey('k');
  emulator.vault.grants.set(holder, new Set(grants));
  const ask = (path = `keys/k/${version}`) => emulator.azure.keyVault.canWrap(`${emulator.vault.uri}/${path}`, holder);
  return { ...emulator, version, ask };
}

test.each([['with its version'], ['without']])('a key is usable by its identifier %s', async (sentence) => {
  const { ask } = await granted();
  expect(ask(sentence === 'without' ? 'keys/k' : undefined)).toBe('yes');
});

test.each(all)('an identity without %s may not use the key', async (missing) => {
  const { ask } = await granted(all.filter((each) => each !== missing));
  expect(ask()).toBe('Forbidden');
});

const hindered: [string, (emulator: TestVault) => unknown, string][] = [
  ['a disabled version', ({ vault }) => vault.keys.update('k', { enabled: false }), 'KeyDisabled'],
  ['an expired version', ({ vault, inDays }) => vault.keys.update('k', { expiresOn: inDays(-1) }), 'KeyExpired'],
  ['one not yet valid', ({ vault, inDays }) => vault.keys.update('k', { notBefore: inDays(1) }), 'KeyNotYetValid'],
  ['one not for wrapping', ({ vault }) => vault.keys.update('k', { operations: ['sign'] }), 'OperationNotPermitted'],
  ['a deleted key', ({ vault }) => vault.keys.delete('k'), 'KeyNotFound'],
  ['a closed firewall', ({ vault }) => (vault.rules.firewall = true), 'ForbiddenByFirewall'],
  ['a grant taken back', ({ vault }) => vault.grants.delete(holder), 'Forbidden'],
];

test.each(hindered)('%s says so', async (_sentence, act, answer) => {
  const emulator = await granted();
  act(emulator);
  expect(emulator.ask()).toBe(answer);
});

test.each([
  ['an unknown version', 'keys/k/0', 'KeyNotFound'],
  ['a secret', 'secrets/k', 'KeyNotFound'],
])('%s is no key', async (_sentence, path, answer) => {
  const { ask } = await granted();
  expect(ask(path)).toBe(answer);
});

test('an unknown address is not a vault', async () => {
  const { azure } = await granted();
  expect(azure.keyVault.canWrap('https://hsm.managedhsm.azure.net/keys/k', holder)).toBe('VaultNotFound');
  expect(azure.keyVault.canWrap('k', holder)).toBe('VaultNotFound');
});
