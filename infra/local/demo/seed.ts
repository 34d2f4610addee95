import { keysAt } from '../azure/arm/keys.ts';
import type { BatchAccount, SignalRService } from '../azure/arm/state.ts';
import type { LocalAzure } from '../azure/azure.ts';
import type { Vault } from '../azure/keyvault/vault.ts';
import { callBatch, callSignalR } from './dataPlanes.ts';

/** A secret that is to be rotated, as its owner and its consumers know it. */
export interface DemoTarget {
  readonly secret: string;
  readonly resource: BatchAccount | SignalRService;
  /** Both keys as they were before. */
  readonly oldKeys: readonly string[];
  /** The key in a value of the secret. */
  readonly keyIn: (value: string) => string;
  readonly call: (key: string) => Promise<Response>;
}

export interface Scene {
  readonly vault: Vault;
  readonly targets: readonly DemoTarget[];
}

const place = {
  subscriptionId: '00000000-0000-4000-8000-000000000000',
  resourceGroup: 'demo',
  location: 'westeurope',
};
const dayMs = 86_400_000;

/** One vault, one Batch account and one SignalR service, whose keys are due: 61 days old and good for 90. */
export async function seedScene(azure: LocalAzure, settleMs: number): Promise<Scene> {
  const vault = await azure.keyVault.createVault('demovault');
  const account = await azure.createBatchAccount({ ...place, name: 'demobatch' });
  const service = await azure.createSignalR({ ...place, name: 'demosignalr', regenerateMs: 1500 });
  addSecret(vault, 'batch-key', { value: primaryKey(account), tags: tagsOf(account, settleMs, { team: 'rendering' }) });
  addSecret(vault, 'signalr-connection', {
    value: connectionString(service),
    tags: tagsOf(service, settleMs, { team: 'chat', 'cost-center': '4711' }),
  });
  return { vault, targets: [batchTarget(account), signalRTarget(service)] };
}

function batchTarget(account: BatchAccount): DemoTarget {
  return {
    secret: 'batch-key',
    resource: account,
    oldKeys: Object.values(keysAt(account, Date.now())),
    keyIn: (value) => value,
    call: (key) => callBatch(account, key),
  };
}

function signalRTarget(service: SignalRService): DemoTarget {
  return {
    secret: 'signalr-connection',
    resource: service,
    oldKeys: Object.values(keysAt(service, Date.now())),
    keyIn: (value) => /;AccessKey=([^;]+)/i.exec(value)?.[1] ?? '',
    call: (key) => callSignalR(service, key),
  };
}

function connectionString(service: SignalRService): string {
  const parts = [`Endpoint=https://${service.authority}`, `AccessKey=${primaryKey(service)}`, 'Version=1.0'];
  return `${parts.join(';')};ClientEndpoint=https://chat.example.com;`;
}

function primaryKey(resource: BatchAccount | SignalRService): string {
  return keysAt(resource, Date.now()).Primary;
}

function tagsOf({ id }: { id: string }, settleMs: number, own: Record<string, string>): Record<string, string> {
  const rotation = { ProviderAddress: id, CredentialId: 'Primary', ValidityPeriodDays: '90' };
  return { ...own, ...rotation, RotationSettle: `PT${settleMs / 1000}S` };
}

function addSecret(vault: Vault, name: string, { value, tags }: { value: string; tags: Record<string, string> }): void {
  const createdOn = new Date(Date.now() - 61 * dayMs);
  vault.setSecret(name, value, { tags, createdOn, expiresOn: new Date(createdOn.getTime() + 90 * dayMs) });
}
