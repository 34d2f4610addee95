/** A class says what ends a reason, and what Keyturn does until then. Each reason has one. */
export const reasonClasses = {
  info: 'Tells what was done or found. Nothing waits for it.',
  scheduled: 'An ordinary wait that ends at a known time.',
  brief: 'Passes within seconds or minutes: the next inspection decides.',
  transient: 'A failure that time cures: tried again with growing pauses.',
  uncertain: 'Passes by itself, or needs a person if it lasts: tried again with growing pauses.',
  grant: 'A person has to grant, unlock, open or create something in Azure: tried again once an hour.',
  person: 'A person has to act: inspected again by itself, or held until resumed.',
  down: 'The resource itself does not work: inspected every few minutes, and announced when it works again.',
  'nothing-to-rotate': 'The service or the owner sees to it: no rotation begins, however due.',
} as const;

export type ReasonClass = keyof typeof reasonClasses;

export interface ReasonEntry {
  readonly class: ReasonClass;
  readonly advice: string;
}

/** Returns the entries of reasons that have one class, from their advice. */
export function ofClass<Word extends string>(
  reasonClass: ReasonClass,
  advice: Readonly<Record<Word, string>>,
): Readonly<Record<Word, ReasonEntry>> {
  const entries = Object.entries<string>(advice).map(([word, text]) => [word, { class: reasonClass, advice: text }]);
  return Object.fromEntries(entries) as Record<Word, ReasonEntry>;
}
