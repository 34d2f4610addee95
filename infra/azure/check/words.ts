import { isReason } from '../../../lib/model/reason.ts';
import { phases } from '../../../lib/model/state.ts';
import { startedBy } from './events.ts';
import { at, type Bicep } from './parser.ts';
import type { Project } from './project.ts';

const logTypes = ['Keyturn.Log.Decision', 'Keyturn.Log.Note'];

/** Alerts ask the log for types and reasons: a word that is never said would never mail. */
export function wordProblems({ announced }: Project, files: readonly Bicep[]): readonly string[] {
  const types = [...announced, ...logTypes];
  return files.flatMap(({ path, root }) =>
    root.descendantsOfType('string_content').flatMap((node) => [
      ...found(/'(Keyturn(?:\.\w+)+)'/g, node.text)
        .filter((type) => !types.includes(type))
        .map((type) => `${at(path, node)}: nothing announces ${type}`),
      ...found(/reason == '([\w-]+)'/g, node.text)
        .filter((word) => !isReason(word))
        .map((word) => `${at(path, node)}: there is no reason ${word}`),
    ]),
  );
}

/** Both ways: who asks whether a function ran asks for a timer, and an alert asks for that of every phase. */
export function timerProblems({ functions }: Project, files: readonly Bicep[]): readonly string[] {
  const timers = startedBy('timerTrigger', functions);
  const asked = files.flatMap(({ path, root }) =>
    root.descendantsOfType('string_content').flatMap((node) =>
      found(/\bName in \(([^)]*)\)/g, node.text)
        .flatMap((list) => found(/'(\w+)'/g, list))
        .map((word) => ({ word, at: at(path, node) })),
    ),
  );
  return [
    ...asked.filter(({ word }) => !timers.includes(word)).map(({ word, at }) => `${at}: there is no timer ${word}`),
    ...phases
      .filter((phase) => !asked.some(({ word }) => word === phase))
      .map((phase) => `no alert asks for the timer ${phase}`),
  ];
}

function found(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, word]) => word ?? []);
}
