import type { Cause } from '../../../lib/model/state.ts';
import { stateFrom } from '../../../lib/tags/stateTags.ts';
import type { Fact } from '../promises.ts';

/** Counts the rotations that keyturn wrote into the tags, by their first cause. */
export interface Rotations {
  /** Answers the cause of one that begins. */
  hear(fact: Fact): Cause | undefined;
  byCause(): ReadonlyMap<Cause, number>;
}

export function countRotations(): Rotations {
  const causes = new Map<number, Cause>();
  return {
    hear: (fact) => {
      if ((fact.is !== 'tagged' && fact.is !== 'written') || fact.by !== 'keyturn' || fact.sentAt) return undefined;
      const state = stateFrom(fact.tags);
      if (typeof state === 'string' || !state.rotation) return undefined;
      const { start, cause } = state.rotation;
      if (causes.has(start.getTime())) return undefined;
      causes.set(start.getTime(), cause);
      return cause;
    },
    byCause: () => {
      const counts = new Map<Cause, number>();
      for (const cause of causes.values()) counts.set(cause, (counts.get(cause) ?? 0) + 1);
      return counts;
    },
  };
}
