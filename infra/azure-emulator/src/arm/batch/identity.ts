import { z } from 'zod';
import { createHash } from 'node:crypto';

interface UserAssignedIdentity {
  readonly principalId: string;
  readonly clientId: string;
}

/** The identities of an account or pool, by their ids. */
interface UserAssigned {
  readonly type: 'UserAssigned';
  readonly userAssignedIdentities: Readonly<Record<string, UserAssignedIdentity>>;
}

export type PoolIdentity = { readonly type: 'None' } | UserAssigned;
export type AccountIdentity =
  PoolIdentity | { readonly type: 'SystemAssigned'; readonly principalId: string; readonly tenantId: string };

const id = z
  .string()
  .regex(
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i,
  );
const none = z.strictObject({ type: z.literal('None') });
const userAssigned = z.strictObject({
  type: z.literal('UserAssigned'),
  userAssignedIdentities: z
    .record(id, z.object({}))
    .refine((ids) => Object.keys(ids).length > 0, 'at least one identity is needed'),
});

export const poolIdentityBody = z.discriminatedUnion('type', [none, userAssigned]);
export const accountIdentityBody = z.discriminatedUnion('type', [
  none,
  z.strictObject({ type: z.literal('SystemAssigned') }),
  userAssigned,
]);
type WantedPoolIdentity = z.infer<typeof poolIdentityBody>;
export type WantedAccountIdentity = z.infer<typeof accountIdentityBody>;

/** The user-assigned identity with this id: it is wherever it is attached, and needs no making. */
export function identityAt(identityId: string): UserAssignedIdentity {
  const name = identityId.toLowerCase();
  return { principalId: uuidOf(`principal of ${name}`), clientId: uuidOf(`client of ${name}`) };
}

export function poolIdentity(wanted: WantedPoolIdentity): PoolIdentity {
  if (wanted.type === 'None') return wanted;
  const ids = Object.keys(wanted.userAssignedIdentities);
  return { ...wanted, userAssignedIdentities: Object.fromEntries(ids.map((each) => [each, identityAt(each)])) };
}

export function accountIdentity(wanted: WantedAccountIdentity, accountId: string, tenantId: string): AccountIdentity {
  if (wanted.type !== 'SystemAssigned') return poolIdentity(wanted);
  return { ...wanted, principalId: uuidOf(`principal of ${accountId.toLowerCase()}`), tenantId };
}

export function principalsOf(identity: AccountIdentity): string[] {
  if (identity.type === 'None') return [];
  if (identity.type === 'SystemAssigned') return [identity.principalId];
  return Object.values(identity.userAssignedIdentities).map(({ principalId }) => principalId);
}

/** The same for the same text, as nothing here is looked up. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
