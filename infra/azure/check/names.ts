import type { Node } from 'web-tree-sitter';
import { at, type Bicep } from './parser.ts';
import { named } from './values.ts';

/** Functions of Bicep that this project uses (learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions). */
const functions = [
  ...['any', 'cidrSubnet', 'concat', 'contains', 'deployment', 'empty', 'endsWith', 'environment', 'filter', 'guid'],
  ...['intersection', 'items', 'join', 'last', 'length', 'map', 'replace', 'resourceGroup', 'resourceId', 'split'],
  ...['string', 'subscription', 'subscriptionResourceId', 'substring', 'take', 'tenant', 'toLower', 'toObject'],
  ...['union', 'uniqueString'],
];
const decorators = ['allowed', 'description', 'export', 'maxLength', 'maxValue', 'minLength', 'minValue'];

const statements = ['parameter', 'variable', 'resource', 'module', 'output', 'type'].map((of) => `${of}_declaration`);
const naming = [...statements, 'user_defined_function', 'parameter', 'lambda_expression', 'for_statement'];

/** Both ways: names that nothing in the file declares and Bicep does not bring, and what is declared for nothing. */
export function nameProblems({ path, root }: Bicep): readonly string[] {
  const names = root.descendantsOfType('identifier').filter((node) => !isKey(node));
  const declared = new Set([...functions, ...decorators, ...importedIn(root)]);
  for (const node of root.descendantsOfType(naming)) for (const name of declaredBy(node)) declared.add(name);
  const own = root.descendantsOfType(['parameter_declaration', 'variable_declaration']).flatMap((node) => {
    const [name] = named(node);
    return name ? [name] : [];
  });
  return [
    ...own
      .filter(({ text }) => [...functions, ...decorators].includes(text))
      .map((node) => `${at(path, node)}: ${node.text} hides what Bicep brings`),
    ...names
      .filter(({ text }) => !declared.has(text))
      .map((node) => `${at(path, node)}: nothing is called ${node.text}`),
    ...own
      .filter((node) => names.filter(({ text }) => text === node.text).length === 1)
      .map((node) => `${at(path, node)}: nothing uses ${node.text}`),
  ];
}

function declaredBy(node: Node): readonly string[] {
  const [first] = named(node);
  if (!first) return [];
  return first.type === 'identifier' ? [first.text] : named(first).map(({ text }) => text);
}

function importedIn(root: Node): readonly string[] {
  const imports = root.descendantsOfType('import_functionality');
  return imports.flatMap((node) => node.descendantsOfType('identifier').map(({ text }) => text));
}

function isKey(node: Node): boolean {
  const { parent } = node;
  return parent?.type === 'object_property' && parent.namedChildren[0]?.equals(node) === true;
}
