import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Core } from '../core.ts';
import { accountBody } from './batch/accountBody.ts';
import { accountPatchBody, patchAccount } from './batch/accountPatch.ts';
import { assertKeyHeld } from './batch/customerKey.ts';
import { bodyOf } from './body.ts';
import { gate } from './gate.ts';
import { issueKey, keysAt } from './keys.ts';
import { refusal } from './refusal.ts';
import { batchAccountAt, batchAccountsIn, groupPath, lowerCasePath, subscriptionPath } from './scope.ts';
import type { ArmState, BatchAccount } from './state.ts';

const accounts = '/providers/microsoft.batch/batchaccounts';
const account = `${groupPath}${accounts}/:name`;

const regenerateBody = z.object({ keyName: z.enum(['Primary', 'Secondary']) });
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
    patchAccount(core, found, await bodyOf(context, accountPatchBody));
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
  assertKeyHeld(found);
  const { allowedAuthenticationModes: modes, poolAllocationMode } = found;
  if (poolAllocationMode === 'BatchService' && (modes?.includes('SharedKey') ?? true)) return found;
  throw refusal(400, 'SharedKeyNotAllowed', `The Batch account ${found.name} does not allow shared keys.`);
}

function keysBody(found: BatchAccount, atMs: number) {
  const { Primary, Secondary } = keysAt(found, atMs);
  return { accountName: found.name, primary: Primary, secondary: Secondary };
}
