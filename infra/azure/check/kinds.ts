import type { Node } from 'web-tree-sitter';
import { at, type Bicep } from './parser.ts';
import { named } from './values.ts';
import { nameOf } from './versions.ts';

/** Kinds are those of the code, wherever Bicep names one, and each gets its role where it is rotated. */
export function kindProblems(kinds: readonly string[], files: readonly Bicep[]): readonly string[] {
  const offered = files.flatMap(({ root }) => root.descendantsOfType('type_declaration').flatMap(offeredIn));
  const modules = files.flatMap(({ root }) => root.descendantsOfType('module_declaration'));
  return [
    ...files.flatMap((file) => unknownIn(kinds, file)),
    ...kinds.filter((kind) => !offered.includes(kind)).map((kind) => `types.bicep offers no ${kind}`),
    ...kinds
      .filter((kind) => !modules.some((node) => givesRole(kind, node)))
      .map((kind) => `nothing deploys roles/${kind}.bicep where kinds has '${kind}'`),
  ];
}

function unknownIn(kinds: readonly string[], { path, root }: Bicep): readonly string[] {
  return [
    ...root.descendantsOfType('call_expression').filter(({ text }) => /^(contains|intersection)\(\s*kinds,/.test(text)),
    ...root.descendantsOfType('type_declaration').filter(isKind),
    ...root.descendantsOfType('parameter_declaration').filter((node) => named(node)[0]?.text === 'kinds'),
  ].flatMap((node) =>
    wordsIn(node)
      .filter((word) => !kinds.includes(word))
      .map((word) => `${at(path, node)}: there is no kind ${word}`),
  );
}

function offeredIn(node: Node): readonly string[] {
  return isKind(node) ? wordsIn(node) : [];
}

function isKind(type: Node): boolean {
  return named(type)[0]?.text === 'kind';
}

function givesRole(kind: string, module: Node): boolean {
  const [condition] = module.descendantsOfType('parenthesized_expression');
  return nameOf(module).endsWith(`roles/${kind}.bicep`) && condition?.text === `(contains(kinds, '${kind}'))`;
}

function wordsIn(node: Node): readonly string[] {
  return node.descendantsOfType('string_content').map(({ text }) => text);
}
