import { credential, inProcessHttpClient } from '../../infra/azure-emulator/src/index.ts';
import { keyturn, type Keyturn } from '../../lib/app.ts';
import { reporter } from '../../lib/announcements/log.ts';
import { assembleServices } from '../../lib/assemble.ts';
import { minute } from '../../lib/model/clock.ts';
import { phases } from '../../lib/model/state.ts';
import { coreOf } from '../support/core.ts';
import { endpoint } from '../end-to-end/endpoint.ts';
import { emptyContainer, memoryBlobs, type Around } from '../simulation/memoryBlobs.ts';
import type { Wired } from '../support/wired.ts';

/** What is paid for, or has a limit. */
export const services = [
  ...(['key vault', 'resource manager', 'resource graph', 'data planes'] as const),
  ...(['storage', 'event grid', 'executions'] as const),
];
export type Counts = Record<(typeof services)[number], number>;

/** What every sweep does once for all targets, and what is done for one of them. */
interface Tally {
  readonly sweeps: Counts;
  readonly targets: Counts;
}

/** An app on the local Azure of a bench, whose every call is counted, storage among them. */
export interface Counted {
  /** The schedules of `functions/`, and Event Grid's deliveries in between. */
  live(ms: number): Promise<void>;
  spent(act: () => Promise<void>): Promise<Tally>;
}

/** From now on Event Grid delivers to this app, whose containers are empty. */
export function counted(b: Wired): Counted {
  const blobs: string[] = [];
  const app = appOver(b, (operation, effect) => {
    blobs.push(operation);
    return Promise.resolve(effect());
  });
  let timers = 0;
  b.azure.eventGrid.settings.deliver = endpoint(() => app);
  return {
    spent: async (act) => {
      const before = tallyOf(b, blobs, timers);
      await act();
      const after = tallyOf(b, blobs, timers);
      return { sweeps: sum(after.sweeps, before.sweeps, -1), targets: sum(after.targets, before.targets, -1) };
    },
    live: async (ms) => {
      for (let passedMs = 0; passedMs < ms; passedMs += 5 * minute) {
        timers += await tick(b, app);
        await b.events(5 * minute);
      }
    },
  };
}

function appOver({ azure, core }: Wired, around: Around): Keyturn {
  const { settings, clientId: self } = core;
  const { clock, jitter } = coreOf(azure, settings, () => undefined);
  const containers = { leases: { ...emptyContainer(), metadata: {} }, claims: { ...emptyContainer(), metadata: {} } };
  const container = (name: string) =>
    memoryBlobs(name === 'keyturn-leases' ? containers.leases : containers.claims, clock, around);
  const http = inProcessHttpClient(azure);
  const quiet = assembleServices({ settings, clock, credential: credential(azure), http, clientId: self, container });
  return keyturn({ ...quiet, jitter, ...reporter(() => undefined, quiet) }, new Map());
}

/** Answers how many functions ran. */
async function tick({ clock }: Wired, app: Keyturn): Promise<number> {
  const isQuarter = clock.now().getUTCMinutes() % 15 === 0;
  const due = phases.filter((phase) => phase !== 'generate' || isQuarter);
  for (const phase of due) await app.sweep(phase);
  if (isQuarter) await app.pollNotices();
  return due.length + (isQuarter ? 1 : 0);
}

const ofSweeps: ReadonlySet<string> = new Set(['listSecrets', 'resourceGraph.query', 'list', 'container']);

/** Key Vault's challenges are of the first call of a client, and cost nothing. */
function tallyOf({ azure }: Wired, blobs: readonly string[], timers: number): Tally {
  const { core, eventGrid } = azure;
  const sweeps = { ...none(), executions: timers };
  const deliveries = eventGrid.deliveries.length;
  const targets = { ...none(), executions: deliveries, 'event grid': deliveries };
  const called = core.journal.calls.filter(({ service, status }) => service !== 'key-vault' || status !== 401);
  const calls = called.map(({ operation, service }) => ({ operation, of: nameOf(operation, service) }));
  const stored = blobs.map((operation) => ({ operation, of: 'storage' as const }));
  for (const { operation, of } of [...calls, ...stored]) {
    if (of) (ofSweeps.has(operation) ? sweeps : targets)[of] += 1;
  }
  return { sweeps, targets };
}

/** Tokens cost nothing. */
function nameOf(operation: string, service: string): keyof Counts | undefined {
  if (operation === 'resourceGraph.query') return 'resource graph';
  if (service === 'key-vault') return 'key vault';
  if (service === 'arm') return 'resource manager';
  if (service === 'event-grid') return 'event grid';
  return service === 'batch' || service === 'signalr' ? 'data planes' : undefined;
}

export function none(): Counts {
  const nothing = { 'key vault': 0, 'resource manager': 0, 'resource graph': 0, 'data planes': 0 };
  return { ...nothing, storage: 0, 'event grid': 0, executions: 0 };
}

/** `a`, and so many times `b`. */
export function sum(a: Counts, b: Counts, times = 1): Counts {
  const counts = none();
  for (const service of services) counts[service] = a[service] + times * b[service];
  return counts;
}
