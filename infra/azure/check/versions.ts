import type { Node } from 'web-tree-sitter';
import { z } from 'zod';
import { at, type Bicep } from './parser.ts';
import { named, textOf } from './values.ts';

/** Which versions of a resource type the project knows to exist, and where that was read. */
export const apiVersions = z.record(
  z.string().regex(/^\w+(\.\w+)+(\/\w+)+$/),
  z.strictObject({
    versions: z.array(z.string().regex(/^\d{4}-\d\d-\d\d(-preview)?$/)).nonempty(),
    source: z.string().startsWith('learn.microsoft.com/azure/templates/'),
  }),
);

/** Both ways: no resource without an entry, no entry that nothing uses. */
export function versionProblems(table: z.output<typeof apiVersions>, files: readonly Bicep[]): readonly string[] {
  const used = files.flatMap(({ path, root }) =>
    root.descendantsOfType('resource_declaration').map((node) => ({ name: nameOf(node), at: at(path, node) })),
  );
  const known = Object.entries(table).flatMap(([type, { versions }]) => versions.map((each) => `${type}@${each}`));
  return [
    ...used
      .filter(({ name }) => !known.includes(name))
      .map(({ name, at }) => `${at}: ${name} is not in check/apiVersions.json`),
    ...known
      .filter((name) => !used.some((each) => each.name === name))
      .map((name) => `check/apiVersions.json: nothing uses ${name}`),
  ];
}

/** Of a resource `Microsoft.Web/sites@2024-04-01`, of a module its path. */
export function nameOf(node: Node): string {
  const name = named(node).find(({ type }) => type === 'string');
  return name ? textOf(name, {}) : '';
}
