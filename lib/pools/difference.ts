import { isDeepStrictEqual } from 'node:util';
import type { Members } from './schemas.ts';

/** A place where a definition differs from the pool that it is made from. */
export interface Change {
  /** RFC 6901. */
  readonly pointer: string;
  /** Absent where the pool had nothing there. */
  readonly from?: unknown;
  /** Absent where it was left out. */
  readonly to?: unknown;
  readonly why: string;
}

export function differences(from: unknown, to: unknown, why: (pointer: string) => string): readonly Change[] {
  return between(from, to, '').map((change) => ({ ...change, why: why(change.pointer) }));
}

/** `~` and `/` are escaped as RFC 6901 says. */
export function below(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

type UnexplainedChange = Omit<Change, 'why'>;

/** Their parts belong together, so they are one change. */
const whole = /\/(imageReference|observedCertificates)$/;

function between(from: unknown, to: unknown, pointer: string): readonly UnexplainedChange[] {
  if (isDeepStrictEqual(from, to)) return [];
  const [before, after] = [partsOf(from), partsOf(to)];
  if (!before || !after || !haveSameShape(from, to) || whole.test(pointer)) {
    return [{ pointer, from, to }];
  }
  const names = Object.keys({ ...before, ...after });
  return names.flatMap((name) => between(before[name], after[name], below(pointer, name)));
}

function partsOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

/** Two objects, or two lists of one length, are compared part by part. */
function haveSameShape(one: unknown, other: unknown): boolean {
  const [oneLength, otherLength] = [one, other].map((each) => (Array.isArray(each) ? each.length : -1));
  return oneLength === otherLength;
}
