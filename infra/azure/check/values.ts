import type { Node } from 'web-tree-sitter';

/** What an expression comes to. What only Azure knows stands as its own text: `${app.properties.id}`. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Scope = Readonly<Record<string, Value>>;

const byType: Readonly<Record<string, (node: Node, scope: Scope) => Value>> = {
  string: textOf,
  boolean: ({ text }) => text === 'true',
  array: (node, scope) => named(node).map((item) => valueOf(item, scope)),
  object: (node, scope) => Object.fromEntries(named(node).flatMap((property) => entry(property, scope))),
  identifier: (node, scope) => scope[node.text] ?? unknown(node),
  if_statement: (node, scope) => valueOf(last(node), scope), // what may be deployed counts, whatever the parameters
  for_statement: (node, scope) => scopesOf(node, scope).map((each) => valueOf(last(node), each)),
  member_expression: (node, scope) => {
    const [of, name] = named(node);
    return (of && name && within(valueOf(of, scope), name.text)) ?? unknown(node);
  },
};

export function valueOf(node: Node, scope: Scope): Value {
  return (byType[node.type] ?? unknown)(node, scope);
}

/** Children that mean something. */
export function named(node: Node): readonly Node[] {
  return node.namedChildren.filter(({ type }) => !type.endsWith('comment'));
}

export function last(node: Node): Node {
  return named(node).at(-1) ?? node;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The value at `properties.filter.…`, as far as it is known. */
export function within(value: Value | undefined, ...names: readonly string[]): Value | undefined {
  return names.reduce<Value | undefined>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

export function isObject(value: Value | undefined): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** One scope for each turn of a loop; one with an unknown variable where the list is a matter of parameters. */
function scopesOf(node: Node, scope: Scope): readonly Scope[] {
  const [initializer, list] = named(node);
  if (!initializer || !list) return [];
  const variable = initializer.type === 'identifier' ? initializer : (named(initializer)[0] ?? initializer);
  const over = valueOf(list, scope);
  const items = isList(over) ? over : [unknown(variable)];
  return items.map((item) => ({ ...scope, [variable.text]: item }));
}

function entry(property: Node, scope: Scope): readonly (readonly [string, Value])[] {
  const [name, value] = named(property);
  if (!name || !value) return []; // a nested resource
  return [[name.type === 'string' ? textOf(name, scope) : name.text, valueOf(value, scope)]];
}

/** Of a string, with what stands in `${…}`. */
export function textOf(node: Node, scope: Scope): string {
  return named(node)
    .map((part) => partOf(part, scope))
    .join('');
}

function partOf(part: Node, scope: Scope): string {
  if (part.type === 'string_content') return part.text;
  if (part.type === 'escape_sequence') return part.text.slice(1);
  const value = valueOf(last(part), scope);
  return typeof value === 'object' ? unknown(last(part)) : String(value);
}

function unknown({ text }: Node): string {
  return `\${${text}}`;
}
