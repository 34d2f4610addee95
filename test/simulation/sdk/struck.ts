import type { Ran } from '../ran.ts';
import { faults, type Fault, type Strike } from './strike.ts';

/** How a story ended that was told with at most one fault in it. */
export interface Outcome {
  readonly fired: boolean;
  readonly problems: readonly string[];
  /** How many credentials the app had made. */
  readonly made: number;
  /** Every request from the moment on from which faults strike. */
  readonly passed: readonly string[];
}

/** Which faults meet the nth request that is worth striking. */
export type Dealt = (nth: number) => readonly Fault[];

function everyFault(): readonly Fault[] {
  return faults;
}

/** So many faults for each request, in turn, so that all of them come up. */
export function inTurn(count: number): Dealt {
  return (nth) => Array.from({ length: count }, (_, i) => faults[(nth * count + i) % faults.length] ?? 'crash before');
}

/** A story without faults, and then with each fault at each request of it. */
export async function* struckAtEach(
  story: string,
  tell: (strike?: Strike) => Promise<Outcome>,
  dealt: Dealt = everyFault,
): AsyncGenerator<Ran> {
  const clean = await tell();
  yield { story, fault: 'none', fired: true, problems: clean.problems };
  for (const [nth, at] of worthStriking(clean.passed).entries()) {
    for (const fault of dealt(nth)) {
      const outcome = await tell({ at, fault });
      const problems = [...outcome.problems, ...tooOften(outcome, clean, fault)];
      yield { story: `${story}, at request ${at}: ${clean.passed[at] ?? ''}`, fault, fired: outcome.fired, problems };
    }
  }
}

/** Nothing is made twice that one look could have shown to be done (promise 4). */
function tooOften(outcome: Outcome, clean: Outcome, fault: Fault): readonly string[] {
  if (outcome.made <= clean.made || isDuplicate(fault)) return [];
  return [`4: made ${outcome.made} credentials instead of ${clean.made}`];
}

/** The network made more of it than the app asked for. */
function isDuplicate(fault: Fault): boolean {
  return fault === 'duplicate soon' || fault === 'duplicate late';
}

/** Every request; of one that is repeated in a row (a poll, an idle sweep) the first, the second and the last. */
export function worthStriking(passed: readonly string[]): readonly number[] {
  const names = passed.map((name) => (/^(GET \/secrets|blob list)$/.test(name) ? 'idle sweep' : name));
  return [...names.keys()].filter((i) => {
    const isMiddle = names[i] === names[i - 1] && names[i] === names[i - 2];
    return !isMiddle || names[i] !== names[i + 1];
  });
}
