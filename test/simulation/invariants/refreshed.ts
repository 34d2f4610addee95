import type { Refreshed } from '../invariants.ts';
import { basis, type Known } from './known.ts';

const minute = 60_000;
/** A refresh restarts an app; one that lost its intent before it was sent is no refresh. */
const roundingMs = 1_000;
/** The apps of a plan are spaced by their intents: a request that stalls after the first one shortens the space. */
const stallMs = 20_000;

/**
 * An app restarts at most once in ten minutes for the same version. In a rotation that nothing hurries or disturbs that
 * holds for any version, and the apps of one plan restart a minute apart.
 */
export function refreshed(known: Known, { consumer, plan, at, sentAt = at }: Refreshed): readonly string[] {
  const { refreshedAt, isDisturbed } = known;
  const within = (name: string, ms: number) => {
    const last = refreshedAt.get(name);
    // A late one lands after.
    return last !== undefined && Math.abs(sentAt.getTime() - last.getTime()) < ms - roundingMs;
  };
  const isTooSoon = within(isDisturbed ? forVersion(known, consumer, at) : consumer, 10 * minute);
  return [
    ...(isTooSoon ? [`refreshed twice within ten minutes: ${consumer}`] : []),
    ...(!isDisturbed && within(plan, minute - stallMs)
      ? [`refreshed two apps of a plan within a minute: ${plan}`]
      : []),
  ];
}

/** The consumer and the version for which Keyturn refreshes it: the one that it read last. */
export function forVersion(known: Known, consumer: string, at: Date): string {
  return `${consumer} ${basis(known, { at })?.version ?? ''}`;
}
