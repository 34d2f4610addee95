import { z } from 'zod';
import { parseJson } from '../model/json.ts';

/** What an answer or a person may have written: where it is of another shape it counts as absent. */
export const anything = z.unknown().optional();
export const text = z.string().optional().catch(undefined);
export const members = z.record(z.string(), z.unknown()).catch({});
export const list = z.array(z.unknown()).catch([]);

/** A JSON object of which nothing is known. */
export type Members = Readonly<Record<string, unknown>>;

/** An object of which these members are read. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(membersOf, z.object(shape));
}

/** Free JSON comes as an object, and in some answers as text. */
export function membersOf(value: unknown): Members {
  return members.parse(typeof value === 'string' ? parseJson(value) : value);
}
