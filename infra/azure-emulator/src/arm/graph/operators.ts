import { asText } from './values.ts';

type Test = (left: unknown, right: unknown) => boolean;

/** Without regard of case, all but `==`, `!=` and `in` (Kusto's string operators). */
export const operators: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['==', same],
  ['!=', (left, right) => !same(left, right)],
  ['=~', alike],
  ['contains', (left, right) => lower(left).includes(lower(right))],
  ['startswith', (left, right) => lower(left).startsWith(lower(right))],
  ['has', hasTerm],
]);

export function same(left: unknown, right: unknown): boolean {
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (typeof left === 'bigint' || typeof right === 'bigint') return asText(left) === asText(right);
  return (left ?? null) === (right ?? null);
}

export function alike(left: unknown, right: unknown): boolean {
  return lower(left) === lower(right);
}

/** A whole term: what stands before and after it is no letter or digit. */
function hasTerm(left: unknown, right: unknown): boolean {
  const term = lower(right).replace(/[^a-z0-9]/g, '\\$&');
  return new RegExp(`(?<![a-z0-9])${term}(?![a-z0-9])`).test(lower(left));
}

function lower(value: unknown): string {
  return asText(value).toLowerCase();
}
