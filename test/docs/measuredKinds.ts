import { hour } from '../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { cmkTags, createAccountWithKey } from '../support/customerManagedKeys.ts';
import { createPoolCertificate } from '../support/poolCertificates.ts';
import { countCalls, none, sum, type Counts } from './callCounts.ts';

/** Each target is inspected once in this time. */
const roundMs = 6 * hour;
/** A target is due so long after its secret is written: a round of rest lies before. */
const restedDays = 7.5 / 24;

/** One target of each kind, before it is adopted. */
const newTargets = {
  'batch-key': async () => {
    const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' }, events: 'delivered' });
    app.newSecret(await app.newBatch(), { ageDays: 60 - restedDays });
    return app;
  },
  'signalr-key': async () => {
    const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' }, events: 'delivered' });
    app.newSecret(await app.newSignalR(), { ageDays: 60 - restedDays });
    return app;
  },
  'batch-cmk': async () => {
    const { app, account, first } = await createAccountWithKey();
    app.newSecret(account, { value: first, ageDays: 60 - restedDays, tags: cmkTags });
    return app;
  },
  'pool-certificate': async () => {
    const app = await createTestApp({ events: 'delivered' });
    return (await createPoolCertificate(app, { ageDays: 335 - restedDays })).app;
  },
} satisfies Record<string, () => Promise<TestApp>>;

export type Kind = keyof typeof newTargets;
export const kinds = Object.keys(newTargets) as Kind[];

export interface MeasuredKind {
  /** Calls for a target at rest, a day. */
  readonly rest: Counts;
  /** Calls that a rotation adds, from due to complete. */
  readonly rotation: Counts;
  /** Calls of the timers, a day without a rotation under way. */
  readonly quiet: Counts;
  /** Calls of the timers, a day in which an overlap runs. */
  readonly busy: Counts;
  readonly phase: string | undefined;
}

/** A round of rest, then a rotation with its overlap, while timers and events run all the time. */
export async function measureKind(kind: Kind): Promise<MeasuredKind> {
  const app = await newTargets[kind]();
  await app.run(hour);
  const rest = await countCalls(app, roundMs);
  const start = await countCalls(app, hour);
  const overlap = await countCalls(app, roundMs);
  const end = await countCalls(app, 23 * hour);
  const all = sum(sum(start.targets, overlap.targets), end.targets);
  return {
    rest: aDay(rest.targets),
    rotation: sum(all, rest.targets, -5), // the inspections of 30 hours
    quiet: aDay(rest.sweeps),
    busy: aDay(overlap.sweeps),
    phase: app.tags()['RotationPhase'],
  };
}

function aDay(counts: Counts): Counts {
  return sum(none(), counts, 4);
}

/** Calls of a day with so many targets at rest, from a round of it. */
export async function measureRestingTargets(count: number): Promise<Counts> {
  const app = await createTestApp({ events: 'delivered' });
  for (let i = 0; i < count; i += 1) {
    app.newSecret(await app.newBatch({ name: `account${i}` }), { name: `secret${i}`, ageDays: 3 });
  }
  await app.run(hour);
  const { sweeps, targets } = await countCalls(app, roundMs);
  return aDay(sum(sweeps, targets));
}
