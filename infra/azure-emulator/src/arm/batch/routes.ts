import { z } from 'zod';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Core } from '../../shared/platform.ts';
import { armError } from '../errors.ts';
import { readBody, armRoute } from '../middleware.ts';
import { issueKey, keysAt } from '../resource.ts';
import { batchAccountAt, batchAccountsIn, groupPath, lowerCasePath, subscriptionPath } from '../scope.ts';
import type { ArmState } from '../state.ts';
import { assertKeyAccessible, assertKeyUsable, patchEncryption, encryptionBody } from './customerManagedKey.ts';
import { accountIdentity, accountIdentityBody } from './identity.ts';
import { accountBody } from './serializers.ts';
import type { BatchAccount } from './state.ts';

const accounts = '/providers/microsoft.batch/batchaccounts';
const account = `${groupPath}${accounts}/:name`;

const regenerateBody = z.object({ keyName: z.enum(['Primary', 'Secondary']) });
/** Batch accounts (https://learn.microsoft.com/rest/api/batchmanagement/batch-account). */
export function batchRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const allow = (operation: string, action: string) =>
    armRoute(core, state, { operation, provider: 'Microsoft.Batch', action: `batchAccounts/${action}` });
  const list = (context: Context) => context.json({ value: batchAccountsIn(context, state).map(accountBody) });
  app.get(`${subscriptionPath}${accounts}`, allow('batch.list', 'read'), list);
  app.get(`${groupPath}${accounts}`, allow('batch.list', 'read'), list);
  app.get(account, allow('batch.get', 'read'), (context) => context.json(accountBody(batchAccountAt(context, state))));
  app.patch(account, allow('batch.update', 'write'), async (context) => {
    const found = batchAccountAt(context, state);
    patchAccount(core, found, await readBody(context, accountPatchBody));
    return context.json(accountBody(found));
  });
  app.post(`${account}/listkeys`, allow('batch.listKeys', 'listKeys/action'), (context) => {
    const found = accountWithKeys(context, state);
    return context.json(keysBody(found, core.clock.now().getTime() - found.timing.staleReadMs));
  });
  app.post(`${account}/regeneratekeys`, allow('batch.regenerateKey', 'regenerateKeys/action'), async (context) => {
    const found = accountWithKeys(context, state);
    issueKey(core, found, (await readBody(context, regenerateBody)).keyName);
    return context.json(keysBody(found, core.clock.now().getTime()));
  });
  return app;
}

/** The service's own code for this refusal is not documented. */
function accountWithKeys(context: Context, state: ArmState): BatchAccount {
  const found = batchAccountAt(context, state);
  assertKeyAccessible(found);
  const { allowedAuthenticationModes: modes, poolAllocationMode } = found;
  if (poolAllocationMode === 'BatchService' && (modes?.includes('SharedKey') ?? true)) return found;
  throw armError(400, 'SharedKeyNotAllowed', `The Batch account ${found.name} does not allow shared keys.`);
}

function keysBody(found: BatchAccount, atMs: number) {
  const { Primary, Secondary } = keysAt(found, atMs);
  return { accountName: found.name, primary: Primary, secondary: Secondary };
}

/** Strict: a property that would be ignored here is refused. */
const accountPatchBody = z.strictObject({
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
function patchAccount(core: Core, account: BatchAccount, patch: z.infer<typeof accountPatchBody>): void {
  assertKeyAccessible(account);
  const { encryption: newKey, ...properties } = patch.properties ?? {};
  const identity = patch.identity
    ? accountIdentity(patch.identity, account.id, core.tokens.tenantId)
    : account.identity;
  const encryption = newKey ? patchEncryption(account.encryption, newKey) : account.encryption;
  if (patch.identity ?? newKey) assertKeyUsable(account.customerKey.keys, { ...account, identity, encryption });
  if (newKey) account.customerKey.refresh();
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
