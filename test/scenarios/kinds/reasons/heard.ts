import type { TestApp } from '../../../support/createTestApp.ts';

/** Every reason that was told, or is the evidence or a note of what was told, or stands in a tag now. */
export function heard(app: TestApp): ReadonlySet<string> {
  const words = app.messages.flatMap(({ data: { evidence, notes } }) => [evidence, ...wordsIn(notes)]);
  return new Set([...app.reasons(), ...words.filter((word) => typeof word === 'string')]);
}

/** What a note is about follows a colon. */
function wordsIn(notes: unknown): readonly (string | undefined)[] {
  return typeof notes === 'string' ? notes.split(' ').map((note) => note.split(':')[0]) : [];
}
