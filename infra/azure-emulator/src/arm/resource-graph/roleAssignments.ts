import type { Vault } from '../../key-vault/state.ts';
import type { Core } from '../../shared/platform.ts';
import { identityAt, uuidOf } from '../batch/identity.ts';
import type { AccountIdentity } from '../batch/identity.ts';
import type { ArmState } from '../state.ts';

/** What somebody may do in a vault, in the words of access policies. */
interface Permissions {
  readonly keys: readonly string[];
  readonly secrets: readonly string[];
  readonly certificates: readonly string[];
}

/** The app's; those of pools whose nodes reach their vault; and those that let accounts use keys. By principal id. */
function permissionsIn(core: Core, state: ArmState, { grants }: Vault): ReadonlyMap<string, Permissions> {
  const none: Permissions = { keys: [], secrets: [], certificates: [] };
  const readers = readersIn(state).map((id) => [id, { ...none, secrets: ['get'], certificates: ['get'] }] as const);
  const permissions = new Map<string, Permissions>(readers);
  for (const [id, keys] of grants) permissions.set(id, { ...(permissions.get(id) ?? none), keys: [...keys] });
  const all = { keys: ['all'], secrets: ['all'], certificates: ['all'] };
  return permissions.set(core.tokens.appIdentity.objectId, all);
}

function readersIn({ resources }: ArmState): string[] {
  const pools = [...resources.values()].flatMap((each) => (each.kind === 'batch' ? [...each.pools.values()] : []));
  const reading = pools.filter(({ extensionFault }) => extensionFault !== 'IdentityLacksRights');
  return reading.flatMap(({ identity }) => idsIn(identity)).map((id) => identityAt(id).principalId);
}

/** Of a vault that goes by policies; one that goes by roles has none. */
export function accessPolicies(core: Core, state: ArmState, vault: Vault) {
  if (vault.permissionModel === 'rbac') return [];
  const { tenantId } = vault;
  return [...permissionsIn(core, state, vault)].map(([objectId, permissions]) => ({ tenantId, objectId, permissions }));
}

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security */
const roles = {
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  administrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  cryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
};

/** The app reads each subscription with a vault; for a vault that goes by roles there are those of its users. */
export function roleAssignments(core: Core, state: ArmState, vaults: readonly Vault[]) {
  const { objectId } = core.tokens.appIdentity;
  const subscriptions = new Set(vaults.map(({ subscriptionId }) => subscriptionId));
  const ofVaults = vaults.filter(({ permissionModel }) => permissionModel === 'rbac');
  return [
    ...[...subscriptions].map((id) => assignment(`/subscriptions/${id}`, objectId, roles.reader)),
    ...ofVaults.flatMap((vault) =>
      [...permissionsIn(core, state, vault)].flatMap(([principalId, permissions]) =>
        rolesFor(permissions).map((role) => assignment(vault.id, principalId, role)),
      ),
    ),
  ];
}

function rolesFor({ keys, secrets }: Permissions): string[] {
  if (secrets.includes('all')) return [roles.administrator];
  return [
    ...(secrets.includes('get') ? [roles.secretsUser] : []),
    ...(keys.includes('wrapKey') ? [roles.cryptoServiceEncryptionUser] : []),
  ];
}

function assignment(scope: string, principalId: string, role: string) {
  const [, , subscriptionId = '', , resourceGroup = ''] = scope.split('/');
  const name = uuidOf(`${role} of ${principalId} at ${scope.toLowerCase()}`);
  const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/RoleDefinitions/${role}`;
  const body = {
    id: `${scope}/providers/Microsoft.Authorization/RoleAssignments/${name}`,
    name,
    type: 'Microsoft.Authorization/RoleAssignments',
    tags: {},
    properties: { principalId, principalType: 'ServicePrincipal', roleDefinitionId, scope },
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

function idsIn(identity: AccountIdentity): string[] {
  return identity.type === 'UserAssigned' ? Object.keys(identity.userAssignedIdentities) : [];
}
