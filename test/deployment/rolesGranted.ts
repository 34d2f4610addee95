import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path/posix';
import type { Node } from 'web-tree-sitter';
import { bicepParser } from '../../infra/azure/check/parser.ts';
import { named } from '../../infra/azure/check/values.ts';

const folder = 'infra/azure/roles';

export interface Modules {
  readonly names: readonly string[];
  text(name: string): string;
  /** Lists what a module grants, or what it would grant with another text. */
  granted(name: string, text?: string): readonly string[];
}

export async function roleModules(): Promise<Modules> {
  const parse = await bicepParser();
  const files = readdirSync(folder).filter((name) => name.endsWith('.bicep'));
  const text = (name: string) => readFileSync(join(folder, `${name}.bicep`), 'utf8');
  return {
    names: files.map((name) => name.replace('.bicep', '')),
    text,
    granted: (name, own = text(name)) => grantedIn(parse(name, own).root),
  };
}

/** Actions of roles, and the permissions of vaults' policies, which stand in variables: `secrets/get`. */
function grantedIn(root: Node): readonly string[] {
  const lists = (type: string) => root.descendantsOfType(type).flatMap(listIn);
  const actions = lists('object_property').filter(({ name }) => name === 'actions' || name === 'dataActions');
  const permissions = lists('variable_declaration').flatMap(({ name, words }) =>
    words.map((word) => `${name}/${word}`),
  );
  return [...actions.flatMap(({ words }) => words), ...permissions];
}

/** `name: ['word', 'word']`, or `var name = [ … ]`. */
function listIn(node: Node): readonly { name: string; words: readonly string[] }[] {
  const [name, list] = named(node);
  if (!name || list?.type !== 'array') return [];
  return [{ name: name.text, words: list.descendantsOfType('string_content').map(({ text }) => text) }];
}
