import type { Arm } from '../../../lib/azure/arm.ts';
import type { Row } from '../../../lib/azure/resourceGraph.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import { OperationError } from '../../../lib/model/operationError.ts';
import type { SecretName } from '../../../lib/model/target.ts';
import type { Promises } from '../promises.ts';
import type { Arrival, Doing, Effects } from './effects.ts';
import type { SecretStore } from './vault.ts';

/** `stuck`: a refresh does not move it; `unreachable`: it cannot even be looked at. Either takes up versions by itself. */
type Condition = 'well' | 'stuck' | 'unreachable';

/** An application that uses the secret. */
export interface App {
  readonly name: string;
  readonly plan: string;
  readonly kind: 'app' | 'container-app';
  condition: Condition;
}

const refetchMs = { app: 24 * hour, 'container-app': 30 * minute };
const lateMs = 45_000;

/** Those who use the secret, as Azure runs them. */
export class Apps {
  readonly all: readonly App[];
  readonly #held = new Map<string, string>();
  readonly #effects: Effects;
  readonly #watch: Promises;
  readonly #secret: SecretStore;

  constructor(all: readonly App[], effects: Effects, watch: Promises, secret: SecretStore) {
    this.all = all;
    this.#effects = effects;
    this.#watch = watch;
    this.#secret = secret;
    for (const app of all) this.#refetch(app);
  }

  heldBy({ name }: App): string {
    return this.#held.get(name) ?? '';
  }

  isBehind(app: App): boolean {
    return !this.#secret.deleted && this.heldBy(app) !== this.#secret.current.version;
  }

  refresh(app: App, arrival: Arrival): void {
    const { sentAt, again } = arrival;
    const act = { at: this.#effects.now, by: again ? 'other' : 'keyturn', ...(sentAt && { sentAt }) } as const;
    this.#watch.told({ is: 'refreshed', ...act, consumer: app.name, plan: app.plan });
    if (app.condition === 'well') this.#fetch(app);
  }

  /** App Service once a day, Container Apps within half an hour, whatever else happens. */
  #refetch(app: App): void {
    this.#fetch(app);
    this.#effects.after(refetchMs[app.kind], () => {
      this.#refetch(app);
    });
  }

  #fetch({ name }: App): void {
    if (this.#secret.deleted) return;
    const { version } = this.#secret.current;
    this.#held.set(name, version);
    this.#watch.told({ is: 'moved', at: this.#effects.now, consumer: name, version });
  }
}

const types = { app: 'microsoft.web/sites', 'container-app': 'microsoft.app/containerapps' };

function idOf({ name, kind }: App): string {
  return `/subscriptions/s/resourceGroups/g/providers/${types[kind]}/${name}`;
}

/** As Resource Graph shows them. */
export function rowsOf({ all }: Apps, { name }: SecretName): readonly Row[] {
  return all.map((app) => ({
    id: idOf(app),
    type: types[app.kind],
    tags: { KeyturnSecrets: `vault/${name}` },
    plan: `/subscriptions/s/resourceGroups/g/providers/microsoft.web/serverfarms/${app.plan}`,
  }));
}

/** Keyturn's own door to them. */
export function appsPort(apps: Apps, { vaultUrl, name }: SecretName, effects: Doing): Arm {
  const url = `${vaultUrl}/secrets/${name}`;
  const named = (path: string): App => {
    const app = apps.all.find((one) => `${path}/`.startsWith(`${idOf(one)}/`));
    if (app && app.condition !== 'unreachable') return app;
    throw new OperationError('forbidden', { code: 'AuthorizationFailed', answered: true });
  };
  const references = (app: App, path: string) =>
    path.endsWith('/appsettings')
      ? [{ reference: `@Microsoft.KeyVault(SecretUri=${url})`, status: 'Resolved', activeVersion: apps.heldBy(app) }]
      : [];
  const shown = (path: string): unknown => {
    named(path);
    return { properties: { configuration: { secrets: [{ keyVaultUrl: url }] } } };
  };
  const listed = (path: string): readonly unknown[] => {
    const more = { vaultName: 'vault', secretName: name };
    return references(named(path), path).map((one) => ({ properties: { ...one, ...more } }));
  };
  return {
    get: (path) => effects.do({ name: 'arm:container app', act: () => shown(path) }),
    list: (path) => effects.do({ name: 'arm:references', act: () => listed(path) }),
    post: (path) => {
      const act = (arrival: Arrival) => {
        apps.refresh(named(path), arrival);
      };
      return effects.do({ name: 'arm:refresh', lateMs, act });
    },
  };
}
