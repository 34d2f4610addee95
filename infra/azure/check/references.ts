import { dirname, join } from 'node:path/posix';
import type { Node } from 'web-tree-sitter';
import { at, type Bicep } from './parser.ts';
import { isList, isObject, last, named, valueOf, within } from './values.ts';
import { nameOf } from './versions.ts';

/** The templates that people and azd deploy, and modules that are only imported. */
const roots = /^(((spoke|events)\/)?main|prerequisites\/\w+|types)\.bicep$/;

/** Files that are no module of any other: whatever they say is not deployed. */
export function unusedProblems(files: readonly Bicep[]): readonly string[] {
  const targets = files.flatMap((file) => file.root.descendantsOfType('module_declaration').map(targetOf(file)));
  return files
    .filter(({ path }) => !roots.test(path) && !targets.includes(path))
    .map(({ path }) => `nothing deploys ${path}`);
}

function targetOf({ path }: Bicep): (module: Node) => string {
  return (module) => join(dirname(path), nameOf(module));
}

/** Modules there are, given what they ask for, asked for what they give; as the compiler would say. */
export function moduleProblems(files: readonly Bicep[]): readonly string[] {
  return files.flatMap((file) =>
    file.root.descendantsOfType('module_declaration').flatMap((node) => {
      const target = targetOf(file)(node);
      const module = files.find(({ path }) => path === target);
      const problems = module
        ? [...givenProblems(module, givenIn(node)), ...outputProblems(module, outputsUsed(file, node))]
        : [`there is no ${target}`];
      return problems.map((problem) => `${at(file.path, node)}: ${problem}`);
    }),
  );
}

function outputProblems({ path, root }: Bicep, used: readonly string[]): readonly string[] {
  const outputs = root.descendantsOfType('output_declaration').map((node) => named(node)[0]?.text);
  return used.filter((name) => !outputs.includes(name)).map((name) => `${path} gives no ${name}`);
}

function outputsUsed({ root }: Bicep, module: Node): readonly string[] {
  const name = named(module)[0]?.text ?? '';
  return root.descendantsOfType('member_expression').flatMap(({ text }) => {
    const [, of, output] = /^(\w+)!?(?:\[\w+\])?[.?!]+outputs\.(\w+)$/.exec(text) ?? [];
    return of === name && output ? [output] : [];
  });
}

/** Of a file that gets these parameters. */
export function givenProblems({ path, root }: Bicep, given: readonly string[]): readonly string[] {
  const asked = root.descendantsOfType('parameter_declaration').map((node) => ({
    name: named(node)[0]?.text ?? '',
    isRequired: !node.children.some(({ type }) => type === '=') && !node.text.trimEnd().endsWith('?'),
  }));
  return [
    ...given.filter((name) => !asked.some((each) => each.name === name)).map((name) => `${path} takes no ${name}`),
    ...asked
      .filter(({ name, isRequired }) => isRequired && !given.includes(name))
      .map(({ name }) => `${path} needs ${name}`),
  ];
}

/** Names of the parameters, of one turn where there is a loop. */
function givenIn(node: Node): readonly string[] {
  const value = valueOf(last(node), {});
  const params = within(isList(value) ? value[0] : value, 'params');
  return isObject(params) ? Object.keys(params) : [];
}
