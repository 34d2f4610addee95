import type { Node } from 'web-tree-sitter';
import { at, type Bicep } from './parser.ts';
import { isList, last, named, valueOf, type Scope, type Value } from './values.ts';
import { nameOf } from './versions.ts';

export interface Resource {
  readonly at: string;
  /** Without its version. */
  readonly type: string;
  readonly body: Value;
}

/** Resources that Bicep makes, once for each turn of a loop, without existing ones. */
export function resourcesIn({ path, root }: Bicep): readonly Resource[] {
  const scope = variablesIn(root);
  return root
    .descendantsOfType('resource_declaration')
    .filter((node) => !node.children.some(({ type }) => type === 'existing'))
    .flatMap((node) => {
      const type = nameOf(node).replace(/@.*/, '');
      return bodies(node, scope).map((body) => ({ at: at(path, node), type, body }));
    });
}

function variablesIn(root: Node): Scope {
  return root.descendantsOfType('variable_declaration').reduce<Scope>((scope, node) => {
    const [name] = named(node);
    return name ? { ...scope, [name.text]: valueOf(last(node), scope) } : scope;
  }, {});
}

/** What stands after `=`. */
function bodies(node: Node, scope: Scope): readonly Value[] {
  const value = valueOf(last(node), scope);
  return isList(value) ? value : [value];
}
