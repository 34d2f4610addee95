import { fingerprintOf } from '../../../lib/model/sealed.ts';
import { keyKinds, type KeyKind } from '../catalog.ts';
import { readFaults, type ReadFault } from '../network.ts';

/** Moments that are no request of a rotation. */
const otherMoments = [
  'at rest, in a quarter of an hour after the timers',
  'at rest, a second before the timers',
  'at rest, a second after the timers',
  'in the overlap, a minute after the timers',
  'in back-off after a 503 on the first regenerate',
  'in back-off after a 503 on the second regenerate',
  'while held',
  'while paused at rest',
  'while paused in the overlap',
] as const;

/** When the person acts: one of these moments, or before a request of a rotation, counted from 0. */
export type Moment = (typeof otherMoments)[number] | number;

export interface RepairStart {
  readonly kind: KeyKind;
  readonly moment: Moment;
  readonly areEventsLost: boolean;
}

/** A person replaces the live key; afterwards one read fails once. */
export interface RepairCase extends RepairStart {
  /** Counted from 1, since the person acted; 0 = none. */
  readonly read: number;
  readonly fault: ReadFault;
}

/** Every start, given how many requests a rotation of each kind has. */
export function startsOf(requests: Readonly<Record<KeyKind, number>>): readonly RepairStart[] {
  return keyKinds.flatMap((kind) => {
    const moments: readonly Moment[] = [...otherMoments, ...Array.from({ length: requests[kind] + 1 }, (_, at) => at)];
    return moments.flatMap((moment) => [false, true].map((areEventsLost) => ({ kind, moment, areEventsLost })));
  });
}

/** So many of the first reads fail in turn, and so many of the last ones: those in between are idle sweeps. */
const readsInTurn = 10;

/** Every case of a start in which a run without a failing read has so many reads until the key is repaired. */
export function casesOf(start: RepairStart, reads: number): readonly RepairCase[] {
  const all = Array.from({ length: reads }, (_, nth) => nth + 1);
  const inTurn = all.filter((nth) => nth <= readsInTurn || nth > reads - readsInTurn);
  return inTurn.flatMap((read) => readFaults.map((fault) => ({ ...start, read, fault })));
}

/** Takes so many, evenly: one from each stretch of the same length, which one is up to the seed. */
export function sample<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const length = all.length / Math.min(count, all.length);
  return Array.from({ length: Math.min(count, all.length) }, (_, nth) => {
    const share = parseInt(fingerprintOf(`${seed} ${nth}`).slice(0, 8), 16) / 2 ** 32;
    return all.slice(Math.floor((nth + share) * length))[0];
  }).flatMap((one) => one ?? []);
}

/** Says what a case is; `caseNamed` reads it. */
export function nameOf({ kind, moment, areEventsLost, read, fault }: RepairCase): string {
  const when = typeof moment === 'number' ? `before request ${moment}` : moment;
  return [
    kind,
    when,
    areEventsLost ? 'events lost' : 'events',
    read === 0 ? 'no read fails' : `read ${read}: ${fault}`,
  ].join('; ');
}

export function caseNamed(name: string): RepairCase {
  const [kind, when = '', events, failing = ''] = name.split('; ');
  const [, read = '0', fault] = /^read (\d+): (.*)$/.exec(failing) ?? [];
  const found = {
    kind: named(keyKinds, kind),
    moment: momentNamed(when),
    areEventsLost: events === 'events lost',
    ...{ read: Number(read), fault: named(readFaults, fault) },
  };
  if (nameOf(found) !== name) throw new Error(`There is no case "${name}", but "${nameOf(found)}".`);
  return found;
}

function momentNamed(name: string): Moment {
  const [, at] = /^before request (\d+)$/.exec(name) ?? [];
  return at === undefined ? named(otherMoments, name) : Number(at);
}

function named<Name extends string>(all: readonly [Name, ...Name[]], name: string | undefined): Name {
  return all.find((each) => each === name) ?? all[0];
}
