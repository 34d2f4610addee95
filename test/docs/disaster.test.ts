import { day, minute } from '../../lib/model/clock.ts';
import { memoryBlobs } from '../simulation/memoryBlobs.ts';
import type { Environment, TestApp } from '../support/createTestApp.ts';
import { createRestingTargets, installation } from '../support/restingTargets.ts';

/** `docs/disaster.md` promises these results after storage or a vault is lost. */
async function createTarget() {
  const { app, targets } = await createRestingTargets(1);
  return { app, target: targets[0] };
}

async function createTargetWithoutClaims(): Promise<TestApp> {
  const { app } = await createTarget();
  app.claims.blobs.clear();
  return app;
}

/** Starts the app anew and sweeps for six hours, in which each target has its turn. Returns the reasons in the log. */
async function runSixHours(app: TestApp, settings: Environment = {}): Promise<readonly string[]> {
  app.restart(settings);
  const before = app.messages.length;
  for (let sweep = 0; sweep < 72; sweep += 1) {
    await app.sweep('generate', 'verify');
    app.pass(5 * minute);
  }
  return app.messages.slice(before).map(({ data }) => data.reason);
}

function claimsIn({ claims }: TestApp): readonly string[] {
  return [...claims.blobs.keys()].filter((name) => name !== 'installation');
}

test('a target at rest whose claims are lost is held as one of another installation', async () => {
  const app = await createTargetWithoutClaims();
  expect(new Set(await runSixHours(app))).toEqual(new Set(['managed-elsewhere']));
  expect(claimsIn(app)).toEqual([]);
});

test('a target whose claims are lost is adopted anew after seven days', async () => {
  const app = await createTargetWithoutClaims();
  app.pass(8 * day);
  expect(await runSixHours(app)).toContain('adopted');
  expect(claimsIn(app)).toHaveLength(1);
});

test('a target whose claims are lost continues within six hours once the installation id is restored', async () => {
  const app = await createTargetWithoutClaims();
  await memoryBlobs(app.claims, app.clock).create('installation', { id: installation });
  const reasons = await runSixHours(app);
  expect(reasons).not.toContain('managed-elsewhere');
  expect(reasons).not.toContain('adopted');
  expect(claimsIn(app)).toHaveLength(1);
});

test('a secret that is restored to another vault is claimed twice until the blob of the old claim is deleted', async () => {
  const { app } = await createTarget();
  const other = await app.azure.keyVault.createVault('other');
  other.setSecret('secret0', app.value('secret0') ?? '', { tags: app.tags('secret0'), createdOn: app.clock.now() });
  const settings = { KEYTURN_VAULTS: other.uri };
  expect(await runSixHours(app, settings)).toContain('claimed-twice');
  expect(claimsIn(app).map((name) => app.claims.blobs.delete(name))).toEqual([true]);
  await runSixHours(app, settings);
  const secrets = [...app.claims.blobs.values()].map(({ metadata }) => metadata['secret']);
  expect(secrets).toContain(`${other.uri}/secrets/secret0`);
});

test('the name of a claim is the kind and the resource id in lower case', async () => {
  const { app, target } = await createTarget();
  expect(claimsIn(app)).toEqual([`batch-key${target?.target.resource.toLowerCase() ?? ''}`]);
});
