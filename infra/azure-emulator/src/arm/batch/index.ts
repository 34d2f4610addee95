import type { Core } from '../../shared/platform.ts';
import { newResource, noDelay } from '../resource.ts';
import { addResource } from '../state.ts';
import type { ArmState } from '../state.ts';
import { createCustomerKey, defaultKeyTiming } from './customerManagedKey.ts';
import { accountIdentity } from './identity.ts';
import { serviceManaged } from './state.ts';
import type { BatchAccount, KeyAccess, NewBatchAccount } from './state.ts';

export async function createBatchAccount(
  core: Core,
  state: ArmState,
  keys: KeyAccess,
  wanted: NewBatchAccount,
): Promise<BatchAccount> {
  const { identity = { type: 'None' }, keyTiming, poolTiming, ...settings } = wanted;
  const host = `${wanted.name}.${wanted.location}.batch.azure.com`;
  const placed = await newResource(core, 'Microsoft.Batch/batchAccounts', host, 64, wanted);
  const account: BatchAccount = {
    kind: 'batch',
    poolAllocationMode: 'BatchService',
    allowedAuthenticationModes: null,
    provisioningState: 'Succeeded',
    encryption: serviceManaged,
    cmkAllowed: wanted.encryption?.keySource === 'Microsoft.KeyVault',
    ...placed,
    ...settings,
    identity: accountIdentity(identity, placed.id, core.tokens.tenantId),
    timing: { ...noDelay, ...wanted.timing },
    customerKey: createCustomerKey(core.clock, keys, { ...defaultKeyTiming, ...keyTiming }, () => account),
    pools: new Map(),
    poolTiming: { resizeMs: 0, startMs: 0, deleteMs: 0, ...poolTiming },
  };
  return addResource(state, account);
}
