import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Core } from '../core.ts';
import { bodyOf } from './body.ts';
import { gate } from './gate.ts';
import { issueKey, keysAt } from './keys.ts';
import { refusal } from './refusal.ts';
import { batchAccountAt, batchAccountsIn, groupPath, lowerCasePath, subscriptionPath } from './scope.ts';
import type { ArmState, BatchAccount } from './state.ts';

const type = 'Microsoft.Batch/batchAccounts';
const accounts = `/providers/${type}`.toLowerCase();
const account = `${groupPath}${accounts}/:name`;

const regenerateBody = z.object({ keyName: z.enum(['Primary', 'Secondary']) });
/** Strict: a property that would be ignored here is refused. */
const patchBody = z.strictObject({
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.strictObject({}).optional(),
});

/** Batch accounts (https://learn.microsoft.com/rest/api/batchmanagement/batch-account). */
export function batchRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const allow = (operation: string, action: string) =>
    gate(core, state, { operation, provider: 'Microsoft.Batch', action: `batchAccounts/${action}` });
  const list = (context: Context) => context.json({ value: batchAccountsIn(context, state).map(accountBody) });
  app.get(`${subscriptionPath}${accounts}`, allow('batch.list', 'read'), list);
  app.get(`${groupPath}${accounts}`, allow('batch.list', 'read'), list);
  app.get(account, allow('batch.get', 'read'), (context) => context.json(accountBody(batchAccountAt(context, state))));
  app.patch(account, allow('batch.update', 'write'), async (context) => {
    const found = batchAccountAt(context, state);
    found.tags = (await bodyOf(context, patchBody)).tags ?? found.tags;
    return context.json(accountBody(found));
  });
  app.post(`${account}/listkeys`, allow('batch.listKeys', 'listKeys/action'), (context) => {
    const found = accountWithKeys(context, state);
    return context.json(keysBody(found, core.clock.now().getTime() - found.timing.staleReadMs));
  });
  app.post(`${account}/regeneratekeys`, allow('batch.regenerateKey', 'regenerateKeys/action'), async (context) => {
    const found = accountWithKeys(context, state);
    issueKey(core, found, (await bodyOf(context, regenerateBody)).keyName);
    return context.json(keysBody(found, core.clock.now().getTime()));
  });
  return app;
}

/** The service's own code for this refusal is not documented. */
function accountWithKeys(context: Context, state: ArmState): BatchAccount {
  const found = batchAccountAt(context, state);
  const { allowedAuthenticationModes: modes, poolAllocationMode } = found;
  if (poolAllocationMode === 'BatchService' && (modes?.includes('SharedKey') ?? true)) return found;
  throw refusal(400, 'SharedKeyNotAllowed', `The Batch account ${found.name} does not allow shared keys.`);
}

function keysBody(found: BatchAccount, atMs: number) {
  const { Primary, Secondary } = keysAt(found, atMs);
  return { accountName: found.name, primary: Primary, secondary: Secondary };
}

/** An account as its GET shows it. */
export function accountBody(found: BatchAccount) {
  const { id, name, location, tags, authority } = found;
  return {
    id,
    name,
    type,
    location,
    tags,
    identity: { type: 'None' },
    properties: {
      accountEndpoint: authority,
      nodeManagementEndpoint: `${name}.${location}.service.batch.azure.com`,
      provisioningState: 'Succeeded',
      poolAllocationMode: found.poolAllocationMode,
      publicNetworkAccess: found.publicNetworkAccess,
      networkProfile: { accountAccess: { defaultAction: found.networkDefaultAction, ipRules: [] } },
      encryption: { keySource: 'Microsoft.Batch' },
      poolQuota: 100,
      activeJobAndJobScheduleQuota: 300,
      allowedAuthenticationModes: found.allowedAuthenticationModes,
    },
  };
}
