import { isDeepStrictEqual } from 'node:util';
import type { Members } from './schemas.ts';

/** One place where a definition differs from the pool that it is made from. */
export interface Change {
  /** RFC 6901. */
  readonly pointer: string;
  /** Absent where the pool had nothing there. */
  readonly from?: unknown | undefined;
  /** Absent where it was left out. */
  readonly to?: unknown | undefined;
  readonly why: string;
}

export function differences(from: unknown, to: unknown, why: (pointer: string) => string): readonly Change[] {
  return between(from, to, '').map((change) => ({ ...change, why: why(change.pointer) }));
}

/** `~` and `/` are escaped as RFC 6901 says. */
export function below(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

type Bare = Omit<Change, 'why'>;

/** Told as one, as their parts belong together. */
const unit = /\/(imageReference|observedCertificates)$/;

function between(from: unknown, to: unknown, pointer: string): readonly Bare[] {
  if (isDeepStrictEqual(from, to)) return [];
  const [before, after] = [partsOf(from), partsOf(to)];
  if (!before || !after || !areAlike(from, to) || unit.test(pointer)) {
    return [{ pointer, from, to }];
  }
  const names = Object.keys({ ...before, ...after });
  return names.flatMap((name) => between(before[name], after[name], below(pointer, name)));
}

function partsOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

/** Two objects, or two lists of one length, are compared part by part. */
function areAlike(one: unknown, other: unknown): boolean {
  const [oneLength, otherLength] = [one, other].map((each) => (Array.isArray(each) ? each.length : -1));
  return oneLength === otherLength;
}
