import type { TestApp } from '../support/createTestApp.ts';

/** Services that are paid for, or have a limit. */
export const services = [
  ...(['key vault', 'resource manager', 'resource graph', 'data planes'] as const),
  ...(['storage', 'event grid', 'executions'] as const),
];
export type Counts = Record<(typeof services)[number], number>;

/** Calls that a sweep makes once for all targets, and calls for a single target. */
interface CallCounts {
  readonly sweeps: Counts;
  readonly targets: Counts;
}

/** Runs timers and events for so long, and counts what they call. */
export async function countCalls(app: TestApp, ms: number): Promise<CallCounts> {
  const before = callCounts(app, 0);
  const timers = await app.run(ms);
  const after = callCounts(app, timers);
  return { sweeps: sum(after.sweeps, before.sweeps, -1), targets: sum(after.targets, before.targets, -1) };
}

const sweepOperations: ReadonlySet<string> = new Set(['listSecrets', 'resourceGraph.query', 'list', 'container']);

/** Key Vault challenges the first call of a client, which costs nothing. */
function callCounts({ azure: { core, eventGrid }, blobOperations }: TestApp, timers: number): CallCounts {
  const deliveries = eventGrid.deliveries.length;
  const sweeps = { ...none(), executions: timers };
  const targets = { ...none(), executions: deliveries, 'event grid': deliveries };
  const calls = core.journal.calls.filter(({ service, status }) => service !== 'key-vault' || status !== 401);
  const stored = blobOperations.map((operation) => ({ operation, name: 'storage' as const }));
  const called = calls.map(({ operation, service }) => ({ operation, name: nameOf(operation, service) }));
  for (const { operation, name } of [...called, ...stored]) {
    if (name) (sweepOperations.has(operation) ? sweeps : targets)[name] += 1;
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

/** Adds `b` to `a` so many times. */
export function sum(a: Counts, b: Counts, times = 1): Counts {
  const counts = none();
  for (const service of services) counts[service] = a[service] + times * b[service];
  return counts;
}
