import type { Known, Version } from './known.ts';

const minute = 60_000;
/** An immediate emergency gives consumers at least this long, unless all of them moved; a deadline always does. */
export const shortestMs = 5 * minute;
/** A notice is to be met so long before its deadline. */
const marginMs = 30 * minute;

/** The overlap, unless a notice's deadline leaves less: half of the time to it, or all but the margin at the end. */
export function overlapEnd(known: Known, version: Version): Date {
  const { overlapMs } = known;
  const whole = version.at.getTime() + overlapMs;
  const generates = version.tags['RotationPhase']?.startsWith('generate') ?? false;
  const byMs = deadlinesMs(known, version).map((ms) => (generates ? half(version.at, ms) : ms - marginMs));
  return new Date(Math.min(whole, Math.max(version.at.getTime() + shortestMs, Math.min(...byMs))));
}

function half(from: Date, toMs: number): number {
  return (from.getTime() + toMs) / 2;
}

/** A rotation that is under way has until half of the time to a deadline. */
function deadlinesMs({ deadlines, startedAt }: Known, version: Version): readonly number[] {
  return deadlines.flatMap((one) => [one.getTime(), half(startedAt ?? version.at, one.getTime())]);
}

/** Too near for a whole overlap after this one; a rotation that a later sweep finds begins later. */
export function hurries(known: Known, version: Version, from: Date): boolean {
  return deadlinesMs(known, version).some((ms) => ms < from.getTime() + 3 * known.overlapMs);
}
