import { createLocalAzure, manualClock } from '../../../infra/azure-emulator/src/index.ts';
import { createCertificate, createObservingPool } from '../../../infra/demo/stories/poolCertificate.ts';
import { eventPromises } from '../../../infra/demo/stories/story.ts';
import { place } from '../../../infra/demo/targets.ts';

test.each([
  ['one delivery that succeeds, and no timer', [202], false, [true, true]],
  ['a delivery that is repeated', [202, 202], false, [false, true]],
  ['a delivery that is refused', [500], false, [false, true]],
  ['a timer before the rotation starts', [202], true, [true, false]],
])('%s', (_sentence, statuses, isTimerFirst, [isDeliveryEnough, isWithoutTimer]) => {
  const deliveries = statuses.map((status) => ({ status }));
  expect(eventPromises(deliveries, isTimerFirst)).toEqual({
    'one delivery is enough': isDeliveryEnough,
    'no timer starts it': isWithoutTimer,
  });
});

test('both nodes install a new version of their certificate within two seconds, and report when', async () => {
  const now = new Date();
  const clock = manualClock(now);
  const azure = await createLocalAzure({ clock });
  const vault = await azure.keyVault.createVault('vault');
  const first = await createCertificate(vault, 'tls', 340);
  const account = await azure.createBatchAccount({ ...place, name: 'painting' });
  const { nodes } = createObservingPool(azure, account, `${vault.uri}/secrets/tls`, 2);
  const reported = () => nodes.map(({ installed, extensions }) => [...installed.values(), ...extensions.values()]);
  expect(reported()).toMatchObject(nodes.map(() => [first.split('/').at(-1), { atMs: now.getTime() }]));
  const second = await createCertificate(vault, 'tls', 1);
  clock.advance(2_000);
  expect(reported()).toMatchObject(nodes.map(() => [second.split('/').at(-1), { atMs: now.getTime() + 2_000 }]));
});
