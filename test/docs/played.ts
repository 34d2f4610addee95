import { hour } from '../../lib/model/clock.ts';
import { accountWithKey, tags } from '../scenarios/kinds/batchCmkStage.ts';
import { seeded } from '../scenarios/kinds/poolCertificateStage.ts';
import { wired, type Wired } from '../support/wired.ts';
import { counted, none, sum, type Counts } from './counted.ts';

/** Each target has its turn once; a day has four. */
const round = 6 * hour;
/** When a target is due after it was staged: a round of rest lies before. */
const restedDays = 7.5 / 24;

/** One target of each kind, before it is adopted. */
const stages = {
  'batch-key': async () => {
    const b = await wired({ KEYTURN_OVERLAP: 'PT25H' });
    b.newSecret(await b.newBatch(), { ageDays: 60 - restedDays });
    return b;
  },
  'signalr-key': async () => {
    const b = await wired({ KEYTURN_OVERLAP: 'PT25H' });
    b.newSecret(await b.newSignalR(), { ageDays: 60 - restedDays });
    return b;
  },
  'batch-cmk': async () => {
    const { b, account, first } = await accountWithKey();
    b.newSecret(account, { value: first, ageDays: 60 - restedDays, tags });
    return b;
  },
  'pool-certificate': async () => (await seeded(await wired(), { ageDays: 335 - restedDays })).b,
} satisfies Record<string, () => Promise<Wired>>;

export type Kind = keyof typeof stages;
export const kinds = Object.keys(stages) as Kind[];

export interface Played {
  /** A target that rests, a day. */
  readonly rest: Counts;
  /** What a rotation adds, from due to complete. */
  readonly rotation: Counts;
  /** The timers, a day: nothing settles. */
  readonly quiet: Counts;
  /** The timers, a day in which something settles. */
  readonly busy: Counts;
  readonly phase: string | undefined;
}

/** A round of rest, then a rotation with its settle, timers and events running all the time. */
export async function played(kind: Kind): Promise<Played> {
  const b = await stages[kind]();
  const { live, spent } = counted(b);
  await live(hour);
  const resting = await spent(() => live(round));
  const begun = await spent(() => live(hour));
  const overlapWait = await spent(() => live(round));
  const ended = await spent(() => live(23 * hour));
  const all = sum(sum(begun.targets, overlapWait.targets), ended.targets);
  return {
    rest: aDay(resting.targets),
    rotation: sum(all, resting.targets, -5), // the looks of 30 hours
    quiet: aDay(resting.sweeps),
    busy: aDay(overlapWait.sweeps),
    phase: b.tags()['RotationPhase'],
  };
}

function aDay(counts: Counts): Counts {
  return sum(none(), counts, 4);
}

/** So many targets, a day of which a round is counted. */
export async function restingTargets(count: number): Promise<Counts> {
  const b = await wired();
  for (let i = 0; i < count; i += 1) {
    b.newSecret(await b.newBatch({ name: `account${i}` }), { name: `secret${i}`, ageDays: 3 });
  }
  const { live, spent } = counted(b);
  await live(hour);
  const { sweeps, targets } = await spent(() => live(round));
  return aDay(sum(sweeps, targets));
}
