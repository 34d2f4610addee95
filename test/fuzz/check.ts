import fc from 'fast-check';
import { createFuzzEnvironment, type FuzzEnvironment, type Observed } from './environment.ts';
import { eventKinds, fuzzedEvent, handleFuzzed } from './events.ts';
import { fuzzedRequest, routes, sendFuzzed } from './requests.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** How many inputs; absent = all that were asked for. */
  readonly runs: number;
  /** The input that a failure printed. */
  readonly path?: string | undefined;
}

/** What became of the inputs of a route, or of the events of a kind. */
export interface FuzzReport {
  readonly name: string;
  readonly inputs: number;
  /** Requests to Resource Manager and the vaults. */
  readonly calls: number;
  readonly mostCalls: number;
  readonly blobOperations: number;
  /** How often each status or answer came. */
  readonly answers: Readonly<Record<string, number>>;
  /** How often each reason was noted. */
  readonly notes: Readonly<Record<string, number>>;
  /** The shortest input found that was taken wrongly, with what runs it again. */
  readonly broken?: string;
}

interface Subject<Input> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  take(environment: FuzzEnvironment, input: Input): Promise<Outcome>;
}

interface Outcome extends Observed {
  readonly answer: string;
  readonly problems: readonly string[];
}

export const requestSubjects: readonly Subject<never>[] = routes.map((route) =>
  subject({
    name: route.name,
    inputs: fuzzedRequest,
    take: async (environment, input) => {
      const outcome = await sendFuzzed(environment, route, input);
      return { ...outcome, answer: String(outcome.status) };
    },
  }),
);

export const eventSubjects: readonly Subject<never>[] = eventKinds.map((kind) =>
  subject({
    name: kind.name,
    inputs: fuzzedEvent,
    take: (environment, input) => handleFuzzed(environment, kind, input),
  }),
);

function subject<Input>(one: Subject<Input>): Subject<never> {
  return one as unknown as Subject<never>;
}

/**
 * Memory of calls and messages grows, and a notice must not grow too old: the environment is made anew after so many.
 */
const inputsPerEnvironment = 1_000;
let shared: Promise<FuzzEnvironment> | undefined;
let inputsLeft = 0;

/** The environment of the next input. All inputs share it until one changes it. */
function nextEnvironment(): Promise<FuzzEnvironment> {
  if (inputsLeft === 0) [shared, inputsLeft] = [undefined, inputsPerEnvironment];
  inputsLeft -= 1;
  return (shared ??= createFuzzEnvironment());
}

/** Gives the app inputs until one is taken wrongly. */
export async function fuzz(
  { name, inputs, take }: Subject<never>,
  { seed, runs: numRuns, path }: FuzzOptions,
  onInput: () => void = () => undefined,
): Promise<FuzzReport> {
  let [count, calls, mostCalls, blobOperations] = [0, 0, 0, 0];
  const [answers, notes]: Record<string, number>[] = [{}, {}];
  const property = fc.asyncProperty(inputs, async (input) => {
    const outcome = await take(await nextEnvironment(), input);
    if (outcome.effects.length > 0) inputsLeft = 0;
    count += 1;
    calls += outcome.calls;
    mostCalls = Math.max(mostCalls, outcome.calls);
    blobOperations += outcome.blobOperations;
    increment(answers, outcome.answer);
    for (const note of outcome.notes) increment(notes, note);
    onInput();
    if (outcome.problems.length > 0) throw new Error(outcome.problems.join('\n'));
  });
  const found = await fc.check(property, { numRuns, seed, ...(path !== undefined && { path }) });
  const report = { name, inputs: count, calls, mostCalls, blobOperations, answers: answers ?? {}, notes: notes ?? {} };
  if (!found.failed) return report;
  const again = `--only '${name}' --seed ${found.seed} --path ${found.counterexamplePath ?? ''}`;
  const input = JSON.stringify(found.counterexample?.[0]).slice(0, 2_000);
  return { ...report, broken: [again, input, String(found.errorInstance)].join('\n  ') };
}

function increment(counts: Record<string, number> | undefined, name: string): void {
  if (counts) counts[name] = (counts[name] ?? 0) + 1;
}
