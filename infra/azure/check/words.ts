import { isReason } from '../../../lib/model/reason.ts';
import { at, type Bicep } from './parser.ts';

const logTypes = ['Keyturn.Log.Decision', 'Keyturn.Log.Note'];

/** Alerts ask the log for types and reasons: a word that is never said would never mail. */
export function wordProblems(announced: readonly string[], files: readonly Bicep[]): readonly string[] {
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

function found(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, word]) => word ?? []);
}
