import { minute } from '../../../lib/model/clock.ts';
import { acts } from './acts.ts';
import { kinds } from './followed.ts';
import { rotation } from './scenarios.ts';
import { untilDone } from './run.ts';
import { run, runWith } from './schedules.ts';
import { keyInUse } from '../../support/customerManagedKeys.ts';

const act = acts.find(({ does }) => does === 'makes another version');

test.each(kinds)(
  '%s: a version that somebody made since the first look is taken, and none is asked for',
  async (kind) => {
    const scenario = rotation(kind, 'rotation');
    const { passed, made } = await run(scenario);
    expect(made).toBe(1);
    const intent = passed.findIndex((name) => name.startsWith('PATCH secrets/'));
    const inspection = passed.findIndex((name, at) => at > intent && /^GET .*followed\/$/.test(name));
    expect(passed.slice(inspection).some((name) => /^POST .*\/(rotate|create)$/.test(name))).toBe(true);
    const meanwhile = act && (await runWith(scenario, { at: inspection, act }));
    expect(meanwhile).toMatchObject({ made: 0, problems: [] });
  },
);

test('an account that answers with its old version for minutes is not believed', async () => {
  const { world, isDone } = await rotation('batch-cmk', 'rotation').open();
  const [{ account } = {}] = world.followers;
  if (!account) throw new Error('There is no account.');
  const { id, name, identity } = account;
  const encryption = { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier: keyInUse(account) } };
  const body = { id, name, identity, properties: { provisioningState: 'Succeeded', encryption } };
  const stale = world.azure.core.faults.plan({
    operation: 'batch.get',
    lasting: true,
    effect: { kind: 'status', status: 200, body },
  });
  const fromMs = world.azure.clock.now().getTime();
  world.azure.core.journal.on(({ at }) => {
    if (at.getTime() > fromMs + 4 * minute) stale.remove();
  });
  await untilDone(world, isDone);
  expect(isDone()).toBe(true);
  expect(world.vault.versions('target')).toHaveLength(2);
});

test.each(['crash, late effect', 'late effect', 'crash after', 'lost response'] as const)(
  'two accounts that share a key: %s, and nobody asks for a second version',
  async (fault) => {
    const scenario = rotation('batch-cmk', 'rotation', { accounts: 2 });
    const { passed } = await run(scenario);
    const at = passed.findIndex((name) => name.endsWith('/rotate'));
    expect(await run(scenario, { at, fault })).toMatchObject({ fired: true, made: 1, problems: [] });
  },
);
