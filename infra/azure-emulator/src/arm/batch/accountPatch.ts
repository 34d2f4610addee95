import { z } from 'zod';
import type { Core } from '../../core.ts';
import type { BatchAccount } from '../state.ts';
import { assertKeyHeld } from './customerKey.ts';
import { assertKeyUsable, encryptionAfter, encryptionBody } from './encryption.ts';
import { accountIdentity, accountIdentityBody } from './identity.ts';

/** Strict: a property that would be ignored here is refused. */
export const accountPatchBody = z.strictObject({
  tags: z.record(z.string(), z.string()).optional(),
  identity: accountIdentityBody.optional(),
  properties: z
    .strictObject({
      encryption: encryptionBody.optional(),
      allowedAuthenticationModes: z.array(z.enum(['SharedKey', 'AAD', 'TaskAuthenticationToken'])).nullish(),
      publicNetworkAccess: z.enum(['Enabled', 'Disabled']).optional(),
      networkProfile: z
        .strictObject({ accountAccess: z.strictObject({ defaultAction: z.enum(['Allow', 'Deny']) }).optional() })
        .optional(),
    })
    .optional(),
});

/** BatchAccount Update (https://learn.microsoft.com/rest/api/batchmanagement/batch-account/update): all or nothing. */
export function patchAccount(core: Core, account: BatchAccount, patch: z.infer<typeof accountPatchBody>): void {
  assertKeyHeld(account);
  const { encryption: newKey, ...properties } = patch.properties ?? {};
  const identity = patch.identity
    ? accountIdentity(patch.identity, account.id, core.tokens.tenantId)
    : account.identity;
  const encryption = newKey ? encryptionAfter(account.encryption, newKey) : account.encryption;
  if (patch.identity ?? newKey) assertKeyUsable(account.customerKey.keys, { ...account, identity, encryption });
  if (newKey) account.customerKey.forget();
  account.identity = identity;
  account.encryption = encryption;
  account.tags = patch.tags ?? account.tags;
  patchReach(account, properties);
}

type Reach = Omit<NonNullable<z.infer<typeof accountPatchBody>['properties']>, 'encryption'>;

function patchReach(account: BatchAccount, wanted: Reach): void {
  const { allowedAuthenticationModes: modes, publicNetworkAccess, networkProfile } = wanted;
  if (modes !== undefined) account.allowedAuthenticationModes = modes;
  account.publicNetworkAccess = publicNetworkAccess ?? account.publicNetworkAccess;
  account.networkDefaultAction = networkProfile?.accountAccess?.defaultAction ?? account.networkDefaultAction;
}
