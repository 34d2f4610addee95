import { z } from 'zod';
import { parseJson } from '../model/json.ts';

/** Parts of an answer, or of a text that a person wrote. A part of another shape counts as absent. */
export const anything = z.unknown().optional();
export const text = z.string().optional().catch(undefined);
export const members = z.record(z.string(), z.unknown()).catch({});
export const list = z.array(z.unknown()).catch([]);

/** Any JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** Reads these members of an object. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(membersOf, z.object(shape));
}

/** Reads free JSON, which is an object in some answers and a text in others. */
export function membersOf(value: unknown): Members {
  return members.parse(typeof value === 'string' ? parseJson(value) : value);
}
