import type { NewSite } from '../../src/arm/web/state.ts';
import { groupId, place, startWithSecret } from '../support.ts';

const app = `${groupId}/providers/Microsoft.Web/sites/app`;
const version = '?api-version=2022-03-01';
const dayMs = 86_400_000;

interface Reference {
  readonly name: string;
  readonly properties: Record<string, unknown>;
}

async function setUp(wanted: Partial<NewSite> = {}) {
  const azure = await startWithSecret();
  const settings = { KEY: `${azure.vault.uri}/secrets/key` };
  const site = azure.createSite({ ...place, name: 'app', plan: `${groupId}/plan`, settings, ...wanted });
  async function references(list = 'appsettings'): Promise<readonly Reference[]> {
    const answer = await azure.callArm('GET', `${site.id}/config/configreferences/${list}${version}`);
    return ((await answer.json()) as { value: Reference[] }).value;
  }
  return {
    ...azure,
    site,
    references,
    reference: async () => (await references())[0]?.properties,
    refresh: () => azure.callArm('POST', `${site.id}/config/configreferences/appsettings/refresh${version}`),
  };
}

test.each([
  ['an app', {}, 'Microsoft.Web/sites', 'app', app],
  ['a slot', { slot: 'Blue' }, 'Microsoft.Web/sites/slots', 'app/Blue', `${app}/slots/Blue`],
])('%s is shown with its plan and tags', async (_, more, type, name, id) => {
  const azure = await setUp({ tags: { uses: 'key' }, ...more });
  const answer = await azure.callArm('GET', `${id}${version}`);
  const properties = { state: 'Running', serverFarmId: `${groupId}/plan` };
  expect(await answer.json()).toMatchObject({ id, name, type, tags: { uses: 'key' }, properties });
});

test.each([
  [
    'by address',
    'https://myvault.vault.azure.net/secrets/key',
    'SecretUri=https://myvault.vault.azure.net/secrets/key',
  ],
  ['by names', { vaultName: 'myvault', secretName: 'key' }, 'VaultName=myvault;SecretName=key'],
])('a reference %s is shown with what the app has', async (_, source, text) => {
  const azure = await setUp({ settings: { KEY: source } });
  expect(await azure.references()).toMatchObject([
    { name: 'KEY', id: `${app}/config/configreferences/appsettings/KEY` },
  ]);
  expect(await azure.reference()).toEqual({
    reference: `@Microsoft.KeyVault(${text})`,
    status: 'Resolved',
    vaultName: 'myvault',
    secretName: 'key',
    identityType: { type: 'SystemAssigned' },
    details: expect.any(String) as string,
    source: 'KeyVault',
    activeVersion: azure.first.version,
  });
});

test('connection strings are a list of their own, and an app reads both', async () => {
  const source = { vaultName: 'myvault', secretName: 'key' };
  const azure = await setUp({ settings: {}, connectionStrings: { DB: source } });
  expect(await azure.references()).toEqual([]);
  expect((await azure.references('connectionstrings')).map(({ name }) => name)).toEqual(['DB']);
  expect(azure.site.value('DB')).toBe('old');
});

test('a refresh fetches and restarts, after which the app has the current version', async () => {
  const azure = await setUp();
  azure.vault.setSecret('key', 'new');
  expect((await azure.refresh()).status).toBe(200);
  const newest = azure.vault.setSecret('key', 'newest');
  azure.clock.advance(1_999);
  expect([azure.site.value('KEY'), azure.site.restarts]).toEqual(['old', []]);
  azure.clock.advance(1);
  expect([azure.site.value('KEY'), (await azure.reference())?.['activeVersion']]).toEqual(['newest', newest.version]);
  expect(azure.site.restarts).toEqual([azure.clock.now()]);
});

test('a restart fetches nothing', async () => {
  const azure = await setUp();
  azure.vault.setSecret('key', 'new');
  await azure.callArm('POST', `${app}/restart${version}`);
  azure.clock.advance(60_000);
  expect([azure.site.value('KEY'), azure.site.restarts.length]).toEqual(['old', 1]);
});

test('an unversioned reference is fetched within a day, in the version current then', async () => {
  const azure = await setUp();
  azure.clock.advance(dayMs - 5_000);
  azure.vault.setSecret('key', 'new');
  azure.clock.advance(4_999);
  expect(azure.site.value('KEY')).toBe('old');
  azure.clock.advance(10_000);
  azure.vault.setSecret('key', 'too late');
  expect([azure.site.value('KEY'), azure.site.restarts.length]).toEqual(['new', 1]);
});

test('a pinned reference keeps its version', async () => {
  const azure = await setUp();
  const settings = { KEY: `${azure.vault.uri}/secrets/key/${azure.first.version}` };
  const site = azure.createSite({ ...place, name: 'pinned', plan: 'plan', settings });
  azure.vault.setSecret('key', 'new');
  azure.clock.advance(2 * dayMs);
  expect(site.value('KEY')).toBe('old');
  const answer = await azure.callArm('GET', `${site.id}/config/configreferences/appsettings${version}`);
  const { version: secretVersion } = azure.first;
  expect(await answer.json()).toMatchObject({
    value: [{ properties: { secretVersion, activeVersion: secretVersion } }],
  });
});

test.each([
  ['a deleted secret', 'SecretNotFound', ({ vault }) => void vault.delete('key')],
  ['a disabled version', 'OtherReasons', ({ vault }) => void vault.update('key', { enabled: false })],
  [
    'a closed firewall',
    'AccessToKeyVaultDenied',
    ({ vault }) => {
      vault.rules.firewall = true;
    },
  ],
] satisfies [string, string, (azure: Awaited<ReturnType<typeof setUp>>) => void][])(
  'with %s the status says so, and the app keeps what it has',
  async (_, status, spoil) => {
    const azure = await setUp();
    spoil(azure);
    await azure.refresh();
    azure.clock.advance(2_000);
    expect(await azure.reference()).toMatchObject({ status, activeVersion: azure.first.version });
    expect(azure.site.value('KEY')).toBe('old');
  },
);

test('a stopped app fetches nothing until it starts', async () => {
  const azure = await setUp();
  azure.site.down = true;
  azure.vault.setSecret('key', 'new');
  await azure.refresh();
  azure.clock.advance(2 * dayMs);
  expect(azure.site.value('KEY')).toBe('old');
  azure.site.down = false;
  expect(azure.site.value('KEY')).toBe('new');
});

test('all routes check access', async () => {
  const azure = await setUp();
  const status = async (call: Promise<Response>) => (await call).status;
  expect(await status(azure.callArm('GET', `${app}?api-version=2016-08-01`))).toBe(400);
  expect(await status(azure.callArm('GET', `${app}x${version}`))).toBe(404);
  expect(await status(azure.callArm('GET', `${app}/slots/none${version}`))).toBe(404);
  azure.arm.denials.add({ objectId: '*', scope: app, action: 'Microsoft.Web/sites/config/write' });
  expect(await status(azure.refresh())).toBe(403);
  azure.arm.denials.clear();
  azure.arm.locks.add(groupId);
  expect(await status(azure.refresh())).toBe(409);
  expect(await status(azure.callArm('GET', `${app}${version}`))).toBe(200);
  expect(azure.core.journal.calls.map((call) => call.operation)).toContain('web.refreshReferences');
});
