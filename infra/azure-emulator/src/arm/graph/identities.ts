import { identityAt, type AccountIdentity } from '../batch/identity.ts';
import type { ArmState } from '../state.ts';

/** What Resource Graph shows of a user-assigned identity. */
export function identityBody(id: string, tenantId: string) {
  const [, , subscriptionId = '', , resourceGroup = '', , , , name = ''] = id.split('/');
  const body = {
    id,
    name,
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    location: 'westeurope',
    tags: {},
    properties: { tenantId, ...identityAt(id) },
  };
  return { place: { subscriptionId, resourceGroup }, body };
}

/** Every user-assigned identity that is attached to something, as it was first spelt. */
export function attachedIdentities({ resources }: ArmState): string[] {
  const accounts = [...resources.values()].flatMap((each) => (each.kind === 'batch' ? [each] : []));
  const ids = accounts.flatMap(({ identity, pools }) =>
    [identity, ...[...pools.values()].map((pool) => pool.identity)].flatMap(idsIn),
  );
  return [...new Map(ids.toReversed().map((id) => [id.toLowerCase(), id])).values()];
}

export function idsIn(identity: AccountIdentity): string[] {
  return identity.type === 'UserAssigned' ? Object.keys(identity.userAssignedIdentities) : [];
}
