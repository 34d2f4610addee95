import type { Call, NewSite, Site } from '../../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../../lib/model/clock.ts';
import { adopted, subscriptionId, wired, type Wired } from '../../support/wired.ts';
import type { NewSecret } from '../../support/bench.ts';

export const place = { subscriptionId, resourceGroup: 'apps', location: 'westeurope' };
export const plan = `/subscriptions/${subscriptionId}/resourceGroups/apps/providers/Microsoft.Web/serverfarms/plan`;

/** An app whose setting KEY is a reference to the secret, which it names in its tag. */
export function app({ azure, vault }: Wired, name: string, more: Partial<NewSite> = {}): Site {
  const settings = { KEY: `${vault.uri}/secrets/secret` };
  return azure.createSite({ ...place, name, plan, tags: { KeyturnSecrets: 'kv/secret' }, settings, ...more });
}

/** A Batch target at rest that is due in a month. */
export async function target(env: Record<string, string> = {}, wanted: NewSecret = {}) {
  const b = await wired(env);
  const account = await b.newBatch();
  await adopted(b, account, 30, wanted);
  return { b, account };
}

/** It is near its expiry now: published, and settling. */
export async function published(b: Wired, ...names: string[]): Promise<Date> {
  for (const name of names.length > 0 ? names : ['secret']) {
    b.vault.update(name, { expiresOn: later(b.clock.now(), 20 * day) });
    b.azure.eventGrid.emit('SecretNearExpiry', b.vault, name);
  }
  await b.deliver();
  return b.clock.now();
}

function isTo(operation: string) {
  return (call: Call) => call.operation === operation && !call.prevented;
}

/** Who was refreshed, in order: `name after so many minutes`. */
export function refreshes({ azure }: Wired, since: Date): readonly string[] {
  return azure.core.journal.calls.filter(isTo('web.refreshReferences')).map(({ path, at }) => {
    const name = /sites\/(.+?)\/config/.exec(path)?.[1] ?? '';
    return `${name} after ${Math.round((at.getTime() - since.getTime()) / 60_000)}`;
  });
}

export function restartsAsked({ azure }: Wired): number {
  return azure.core.journal.calls.filter(isTo('web.restart')).length;
}
