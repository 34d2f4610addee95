import { below } from '../../../lib/pools/difference.ts';
import type { PoolBody } from '../../../lib/pools/poolView.ts';

/** What stands at a JSON pointer. */
export function at(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce((part, name) => (Object(part) as Record<string, unknown>)[name], value);
}

/** The pool with another value there. */
export function withAt(pool: PoolBody, pointer: string, value: unknown): PoolBody {
  const changed = structuredClone(pool);
  const split = pointer.lastIndexOf('/');
  Object.assign(Object(at(changed, pointer.slice(0, split))) as object, { [pointer.slice(split + 1)]: value });
  return changed;
}

/** Everything that is neither an object nor a list, with its pointer. */
export function leaves(value: unknown, pointer = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[pointer, value]];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, below(pointer, name)));
}
