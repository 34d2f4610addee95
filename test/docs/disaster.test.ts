import { day, minute } from '../../lib/model/clock.ts';
import { idle, start, type Idle } from '../scenarios/calls/idle.ts';
import { memoryBlobs } from '../simulation/memoryBlobs.ts';
import { startApp } from '../simulation/sdk/app.ts';

/** What `docs/disaster.md` promises of lost storage and lost vaults. */
const installation = 'abcdef012345';

/** Everybody's turn comes once in six hours; the app was started anew. Answers the reasons that were announced. */
async function sixHours({ azure, ground }: Idle, vaultUrls = ground.settings.vaultUrls): Promise<readonly string[]> {
  const lines: string[] = [];
  const settings = { ...ground.settings, vaultUrls };
  const { app } = startApp({ ...ground, settings, write: (line) => lines.push(line) });
  for (let sweep = 0; sweep < 72; sweep += 1) {
    await app.sweep('generate');
    await app.sweep('verify');
    azure.clock.advance(5 * minute);
  }
  return lines.flatMap((line) => /"reason":"([a-z-]+)"/.exec(line)?.[1] ?? []);
}

async function withoutClaims(): Promise<Idle> {
  const world = await idle(1);
  world.ground.claims.blobs.clear();
  return world;
}

function claimsIn({ ground }: Idle): readonly string[] {
  return [...ground.claims.blobs.keys()].filter((name) => name !== 'installation');
}

test('claims lost: what rests is taken for another installation’s', async () => {
  const world = await withoutClaims();
  expect(new Set(await sixHours(world))).toEqual(new Set(['managed-elsewhere']));
  expect(claimsIn(world)).toEqual([]);
});

test('claims lost: after seven days it is adopted anew', async () => {
  const world = await withoutClaims();
  world.azure.clock.advance(8 * day);
  expect(await sixHours(world)).toContain('adopted');
  expect(claimsIn(world)).toHaveLength(1);
});

test('claims lost, the installation id given back: it goes on within six hours, and nothing is adopted anew', async () => {
  const world = await withoutClaims();
  await memoryBlobs(world.ground.claims, world.azure.clock).create('installation', { id: installation });
  const reasons = await sixHours(world);
  expect(reasons).not.toContain('managed-elsewhere');
  expect(reasons).not.toContain('adopted');
  expect(claimsIn(world)).toHaveLength(1);
});

test('a secret restored to another vault: its claim is still the old one’s until the blob is deleted', async () => {
  const world = await idle(1);
  const { azure, ground } = world;
  const other = await azure.keyVault.createVault('other');
  const { value, tags = {} } = current(world);
  other.setSecret('secret0', value, { tags, createdOn: start });
  expect(await sixHours(world, [other.uri])).toContain('claimed-twice');
  expect(claimsIn(world).map((name) => ground.claims.blobs.delete(name))).toEqual([true]);
  await sixHours(world, [other.uri]);
  expect([...ground.claims.blobs.values()].map(({ metadata }) => metadata['secret'])).toContain(
    `${other.uri}/secrets/secret0`,
  );
});

test('a claim is called by the kind and the resource id in lower case', async () => {
  const world = await idle(1);
  const ids = world.targets.map(({ target }) => target.resource.toLowerCase());
  expect(claimsIn(world)).toEqual(ids.map((id) => `batch-key${id}`));
});

function current({ azure }: Idle) {
  const found = azure.keyVault.vaults.get('vault.vault.azure.net')?.current('secret0');
  if (!found) throw new Error('There is no secret.');
  return found;
}
