import type { Call, Site } from '../../azure-emulator/src/index.ts';
import { place } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import type { User } from '../users.ts';
import type { Ground } from './ground.ts';

const setting = 'ACCOUNT_KEY';

/** A web app with a plan of its own that takes the secret by a Key Vault reference, and says so in its tag. */
export function siteWith({ azure, scene: { vault } }: Ground, name: string, { secret }: DemoTarget): Site {
  const url = `${vault.uri}/secrets/${secret}`;
  const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
  return azure.createSite({
    ...{ ...place, name, restartMs: 1_000 },
    plan: `${group}/providers/Microsoft.Web/serverfarms/${name}-plan`,
    tags: { KeyturnSecrets: url },
    settings: { [setting]: url },
  });
}

/** The app itself: it has what its platform fetched for it, until it restarts. */
export function userIn(site: Site, { scene: { vault } }: Ground, target: DemoTarget): User {
  const read = () => Promise.resolve(site.value(setting) ?? '');
  return { name: site.name, vault, target, read, holdMs: 0 };
}

/** By `activeVersion`, which is what App Service tells of the running app. */
export function isOnCurrent(site: Site, { scene: { vault } }: Ground, { secret }: DemoTarget): boolean {
  const version = vault.current(secret)?.version;
  return site.references('appsettings').every(([, { activeVersion }]) => activeVersion === version);
}

/** A refresh restarts it; nobody asked for another restart. */
export function isRefreshedOnce(ground: Ground, { id, restarts }: Site): boolean {
  const asked = callsBelow(ground, id).filter(({ method }) => method === 'POST');
  return asked.length === 1 && asked[0]?.operation === 'web.refreshReferences' && restarts.length === 1;
}

export function callsBelow({ azure }: Ground, id: string): readonly Call[] {
  return azure.core.journal.calls.filter(({ path }) => path.toLowerCase().startsWith(id.toLowerCase()));
}
