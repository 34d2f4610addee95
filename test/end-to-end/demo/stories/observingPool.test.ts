import { createLocalAzure, manualClock } from '../../../../infra/azure-emulator/src/index.ts';
import { certificateMade, observingPool } from '../../../../infra/demo/stories/observingPool.ts';
import { place } from '../../../../infra/demo/targets.ts';

test('both nodes have the certificate, and a new version two seconds later, and say when', async () => {
  const now = new Date();
  const clock = manualClock(now);
  const azure = await createLocalAzure({ clock });
  const vault = await azure.keyVault.createVault('vault');
  const first = await certificateMade(vault, 'tls', 340);
  const account = await azure.createBatchAccount({ ...place, name: 'painting' });
  const { nodes } = observingPool({ azure }, account, `${vault.uri}/secrets/tls`, 2);
  const seen = () => nodes.map(({ installed, extensions }) => [...installed.values(), ...extensions.values()]);
  expect(seen()).toMatchObject(nodes.map(() => [first.split('/').at(-1), { atMs: now.getTime() }]));
  const second = await certificateMade(vault, 'tls', 1);
  clock.advance(2_000);
  expect(seen()).toMatchObject(nodes.map(() => [second.split('/').at(-1), { atMs: now.getTime() + 2_000 }]));
});
