import type { LocalAzure, Vault } from '../azure-emulator/src/index.ts';
import { batchTarget, dayMs, place, putSecret, signalRTarget } from './targets.ts';
import type { DemoTarget } from './targets.ts';

export interface Scene {
  readonly vault: Vault;
  readonly targets: readonly DemoTarget[];
}

/** One vault, one Batch account and one SignalR service, whose keys are due: 61 days old and good for 90. */
export async function seedScene(azure: LocalAzure, settleMs: number): Promise<Scene> {
  const vault = await azure.keyVault.createVault('demovault');
  const account = await azure.createBatchAccount({ ...place, name: 'demobatch' });
  const service = await azure.createSignalR({ ...place, name: 'demosignalr', regenerateMs: 1500 });
  const [batch, signalR] = [batchTarget('batch-key', account), signalRTarget('signalr-connection', service)];
  const createdOn = new Date(Date.now() - 61 * dayMs);
  const placing = { settleMs, createdOn, expiresOn: new Date(createdOn.getTime() + 90 * dayMs) };
  putSecret(vault, batch, { ...placing, tags: { team: 'rendering' } });
  putSecret(vault, signalR, { ...placing, tags: { team: 'chat', 'cost-center': '4711' } });
  return { vault, targets: [batch, signalR] };
}
