import { hour, minute } from '../../lib/model/clock.ts';
import { deleteContainer } from '../simulation/memoryBlobs.ts';
import type { Environment, TestApp } from '../support/createTestApp.ts';
import { createRestingTargets } from '../support/restingTargets.ts';

/** `docs/disaster.md` promises these results after storage or a vault is lost. */
async function createTarget() {
  const { app, targets } = await createRestingTargets(1);
  return { app, target: targets[0] };
}

/** Starts the app anew and sweeps every five minutes. Returns the reasons in the log. */
async function runFor(app: TestApp, ms: number, settings: Environment = {}): Promise<readonly string[]> {
  app.restart(settings);
  const before = app.messages.length;
  for (let passedMs = 0; passedMs < ms; passedMs += 5 * minute) {
    await app.sweep('generate', 'verify');
    app.pass(5 * minute);
  }
  return app.messages.slice(before).map(({ data }) => data.reason);
}

function claimsIn({ claims }: TestApp): readonly string[] {
  return [...claims.blobs.keys()];
}

test('R34: claims that are lost come back with the next verify sweep, and no target is foreign or new', async () => {
  const { app, targets } = await createRestingTargets(20);
  app.claims.blobs.clear();
  expect(await runFor(app, 5 * minute)).toEqual([]);
  expect(claimsIn(app)).toHaveLength(targets.length);
});

test('R34: a deleted container of claims costs the half minute in which storage makes none, and one sweep', async () => {
  const { app } = await createTarget();
  deleteContainer(app.claims, app.clock);
  await runFor(app, 15 * minute);
  expect(claimsIn(app)).toHaveLength(1);
});

test('R9: a second secret does not get what the first one lost: the first one takes its claim back', async () => {
  const { app } = await createTarget();
  const account = app.tags('secret0')['ProviderAddress'] ?? '';
  app.vault.setSecret('another', app.value('secret0') ?? '', { tags: { ProviderAddress: account } });
  expect(await runFor(app, hour)).toContain('claimed-twice');
  app.claims.blobs.clear();
  await app.sweep('generate'); // the hour of the second one is over
  expect(claimsIn(app)).toEqual([]);
  await runFor(app, 2 * hour);
  const secrets = [...app.claims.blobs.values()].map(({ metadata }) => metadata['secret']);
  expect(secrets).toEqual([`${app.vault.uri}/secrets/secret0`]);
});

test('a secret that is restored to another vault is claimed twice until the blob of the old claim is deleted', async () => {
  const { app } = await createTarget();
  const other = await app.azure.keyVault.createVault('other');
  other.setSecret('secret0', app.value('secret0') ?? '', { tags: app.tags('secret0'), createdOn: app.clock.now() });
  const settings = { KEYTURN_VAULTS: other.uri };
  expect(await runFor(app, 6 * hour, settings)).toContain('claimed-twice');
  expect(claimsIn(app).map((name) => app.claims.blobs.delete(name))).toEqual([true]);
  await runFor(app, 6 * hour, settings);
  const secrets = [...app.claims.blobs.values()].map(({ metadata }) => metadata['secret']);
  expect(secrets).toContain(`${other.uri}/secrets/secret0`);
});

test('the name of a claim is the kind and the resource id in lower case', async () => {
  const { app, target } = await createTarget();
  expect(claimsIn(app)).toEqual([`batch-key${target?.target.resource.toLowerCase() ?? ''}`]);
});
