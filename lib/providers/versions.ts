import type { Credential } from '../model/snapshot.ts';
import type { Known } from '../model/state.ts';
import type { View } from './provider.ts';

export function isAtRest({ state: { rotation } }: View): boolean {
  return rotation === undefined;
}

export function knownOf({ id, fingerprint }: Credential): Known {
  return { id, fingerprint };
}

/** A version that is there before an emergency begins, or leaked, does not answer it: the state shall know it (R18). */
export function unanswering(view: View, next: Credential | undefined): readonly Known[] {
  const { compromised = [], state } = view;
  const isKnown = next && ((isAtRest(view) && state.bond !== undefined) || compromised.includes(next.id));
  return isKnown ? [knownOf(next)] : [];
}

/** The same version once, whatever it is there for. */
export function distinct(all: readonly Known[]): readonly Known[] {
  return [...new Map(all.map((known) => [known.id, known])).values()];
}
