import type { ContainerApp, Fault, LocalAzure, Site, Vault } from '../../infra/azure-emulator/src/index.ts';
import { second } from '../../lib/model/clock.ts';
import type { Fact } from './invariants.ts';
import { place, secretName } from './resource.ts';

export type ConsumerKind = 'site' | 'containerApp';

/** `stuck`: a refresh does not move it; `unreachable`: its state cannot be read. Either fetches versions by itself. */
export const conditions = ['well', 'stuck', 'unreachable'] as const;
export type Condition = (typeof conditions)[number];

export interface Consumers {
  readonly sites: readonly Site[];
  readonly count: number;
  /** The consumers that hold another version since the last call. */
  moved(at: Date): readonly Fact[];
  setCondition(nth: number, condition: Condition): void;
  /** A consumer holds an old version, or does not work as it should. */
  areBehind(version: string): boolean;
}

interface Consumer {
  readonly app: Site | ContainerApp;
  condition: Condition;
  version: string | undefined;
  denied?: Fault | undefined;
}

const planId = `/subscriptions/${place.subscriptionId}/resourceGroups/g/providers/Microsoft.Web/serverfarms/plan`;
const neverMs = 1e12;

/** Apps that use the secret; `plans` says over how many App Service plans they are spread. */
export function createConsumers(
  azure: LocalAzure,
  vault: Vault,
  kinds: readonly ConsumerKind[],
  plans: number,
): Consumers {
  const all = kinds.map((kind, nth): Consumer => {
    const app = createApp(azure, vault, kind, `app${nth}`, `${planId}${nth % plans}`);
    return { app, condition: 'well', version: undefined };
  });
  return {
    sites: all.flatMap(({ app }) => (app.kind === 'site' ? [app] : [])),
    count: all.length,
    moved: (at) =>
      all.flatMap((consumer): Fact[] => {
        const version = versionHeld(vault, consumer.app);
        if (version === undefined || version === consumer.version) return [];
        consumer.version = version;
        return [{ is: 'moved', at, consumer: consumer.app.name, version }];
      }),
    setCondition: (nth, condition) => {
      const consumer = all[nth];
      if (!consumer) return;
      consumer.condition = condition;
      if (consumer.app.kind === 'site') consumer.app.restartMs = condition === 'stuck' ? neverMs : 2 * second;
      consumer.denied?.remove();
      consumer.denied = condition === 'unreachable' ? denyAccess(azure, consumer.app.id) : undefined;
    },
    areBehind: (current) => all.some(({ version, condition }) => version !== current || condition !== 'well'),
  };
}

/** Resource Graph still lists the app. */
function denyAccess(azure: LocalAzure, id: string): Fault {
  const body = { error: { code: 'AuthorizationFailed', message: 'The client may not read this app.' } };
  return azure.core.faults.plan({
    path: new RegExp(`^${id}/?`, 'i'),
    lasting: true,
    effect: { kind: 'status', status: 403, body },
  });
}

function createApp(azure: LocalAzure, vault: Vault, kind: ConsumerKind, name: string, plan: string) {
  const tags = { KeyturnSecrets: `vault/${secretName}` };
  const url = `${vault.uri}/secrets/${secretName}`;
  return kind === 'site'
    ? azure.createSite({ ...place, name, plan, tags, settings: { KEY: url } })
    : azure.createContainerApp({ ...place, name, tags, secrets: { key: url } });
}

function versionHeld(vault: Vault, app: Site | ContainerApp): string | undefined {
  if (app.kind === 'site') return app.references('appsettings')[0]?.[1].activeVersion;
  const value = app.value('key');
  return vault.versions(secretName).findLast((version) => version.value === value)?.version;
}
