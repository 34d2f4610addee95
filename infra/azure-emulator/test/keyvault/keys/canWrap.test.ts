import type { Grant } from '../../../src/key-vault/state.ts';
import { withClients } from '../clients.ts';

type Bench = Awaited<ReturnType<typeof withClients>>;

const holder = 'the-account';
const all: Grant[] = ['get', 'wrapKey', 'unwrapKey'];

async function granted(grants = all) {
  const bench = await withClients();
  const { version } = bench.vault.createKey('k');
  bench.vault.grants.set(holder, new Set(grants));
  const ask = (path = `keys/k/${version}`) => bench.azure.keyVault.canWrap(`${bench.vault.uri}/${path}`, holder);
  return { ...bench, version, ask };
}

test.each([['with its version'], ['without']])('a key is usable by its identifier %s', async (sentence) => {
  const { ask } = await granted();
  expect(ask(sentence === 'without' ? 'keys/k' : undefined)).toBe('yes');
});

test.each(all)('who lacks %s may not', async (missing) => {
  const { ask } = await granted(all.filter((each) => each !== missing));
  expect(ask()).toBe('Forbidden');
});

const hindered: [string, (bench: Bench) => unknown, string][] = [
  ['a disabled version', ({ vault }) => vault.keys.update('k', { enabled: false }), 'KeyDisabled'],
  ['an expired version', ({ vault, inDays }) => vault.keys.update('k', { expiresOn: inDays(-1) }), 'KeyExpired'],
  ['one not yet valid', ({ vault, inDays }) => vault.keys.update('k', { notBefore: inDays(1) }), 'KeyNotYetValid'],
  ['one not for wrapping', ({ vault }) => vault.keys.update('k', { operations: ['sign'] }), 'OperationNotPermitted'],
  ['a deleted key', ({ vault }) => vault.keys.delete('k'), 'KeyNotFound'],
  ['a closed firewall', ({ vault }) => (vault.rules.firewall = true), 'ForbiddenByFirewall'],
  ['a grant taken back', ({ vault }) => vault.grants.delete(holder), 'Forbidden'],
];

test.each(hindered)('%s says so', async (_sentence, act, answer) => {
  const bench = await granted();
  act(bench);
  expect(bench.ask()).toBe(answer);
});

test.each([
  ['a version nobody made', 'keys/k/0', 'KeyNotFound'],
  ['a secret', 'secrets/k', 'KeyNotFound'],
])('%s is no key', async (_sentence, path, answer) => {
  const { ask } = await granted();
  expect(ask(path)).toBe(answer);
});

test('what is not of this Azure is no vault', async () => {
  const { azure } = await granted();
  expect(azure.keyVault.canWrap('https://hsm.managedhsm.azure.net/keys/k', holder)).toBe('VaultNotFound');
  expect(azure.keyVault.canWrap('k', holder)).toBe('VaultNotFound');
});
