import type { Bench } from '../../../support/bench.ts';

/** Every reason that was told, or is the evidence or a note of what was told, or stands in a tag now. */
export function heard(b: Bench): ReadonlySet<string> {
  const words = b.said().flatMap(({ data: { evidence, notes } }) => [evidence, ...wordsIn(notes)]);
  return new Set([...b.reasons(), ...words.filter((word) => typeof word === 'string')]);
}

/** What a note is about follows a colon. */
function wordsIn(notes: unknown): readonly (string | undefined)[] {
  return typeof notes === 'string' ? notes.split(' ').map((note) => note.split(':')[0]) : [];
}
