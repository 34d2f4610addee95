import { groupId, place, startWithGraph, startWithSecret } from '../support.ts';

const id = `${groupId}/providers/Microsoft.App/containerApps/shop`;
const version = '?api-version=2024-03-01';

async function setUp() {
  const azure = await startWithSecret();
  const keyVaultUrl = `${azure.vault.uri}/secrets/key`;
  const app = azure.createContainerApp({ ...place, name: 'shop', secrets: { key: keyVaultUrl } });
  return { ...azure, app, keyVaultUrl };
}

test('an app shows the addresses of its secrets without values', async () => {
  const azure = await setUp();
  const body = await (await azure.callArm('GET', `${id}${version}`)).text();
  const { keyVaultUrl } = azure;
  expect(JSON.parse(body)).toMatchObject({
    id,
    type: 'Microsoft.App/containerApps',
    properties: {
      runningStatus: 'Running',
      latestReadyRevisionName: 'shop--0000001',
      configuration: { secrets: [{ name: 'key', keyVaultUrl, identity: 'system' }] },
    },
  });
  expect(body).not.toContain('old');
});

test('the app fetches a new version within half an hour and restarts by itself', async () => {
  const { app, vault, clock } = await setUp();
  clock.advance(600_000);
  vault.setSecret('key', 'new');
  expect([app.value('key'), app.restarts.length]).toEqual(['old', 0]);
  clock.advance(1_800_000);
  expect([app.value('key'), app.restarts.length]).toEqual(['new', 1]);
});

test('a container app cannot be restarted here', async () => {
  const azure = await setUp();
  const answer = await azure.callArm('POST', `${id}/revisions/shop--0000001/restart${version}`);
  expect(answer.status).toBe(501);
});

test('apps of every kind are found by their tags', async () => {
  const azure = await startWithGraph();
  const tags = { uses: 'key' };
  azure.createContainerApp({ ...place, name: 'shop', tags, secrets: {} });
  azure.createSite({ ...place, name: 'app', plan: 'plan', tags });
  azure.createSite({ ...place, name: 'app', slot: 'blue', plan: 'plan', tags });
  azure.createSite({ ...place, name: 'other', plan: 'plan' });
  const { data } = await azure.query(
    `Resources | where isnotempty(tags['uses']) | project type, name | order by name asc`,
  );
  expect(data).toEqual([
    { type: 'microsoft.web/sites', name: 'app' },
    { type: 'microsoft.web/sites/slots', name: 'app/blue' },
    { type: 'microsoft.app/containerapps', name: 'shop' },
  ]);
});
