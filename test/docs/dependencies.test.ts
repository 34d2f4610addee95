import { document, tableUnder } from './markdown.ts';

const text = document('docs/dependencies.md');
const manifest = JSON.parse(document('package.json')) as Record<
  'dependencies' | 'devDependencies' | 'overrides',
  Readonly<Record<string, string>>
>;

test.each([
  ['What ships', 'dependencies'],
  ['What builds and tests', 'devDependencies'],
  ['Overrides', 'overrides'],
] as const)('the table "%s" has a row for each of the %s', (heading, member) => {
  const names = tableUnder(text, heading).map(([name = '']) => name.replaceAll('`', ''));
  expect(names.toSorted()).toEqual(Object.keys(manifest[member]).toSorted());
});

test.each(tableUnder(text, 'Overrides'))('the override of %s is what the table says: %s', (name = '', by = '') => {
  const override = manifest.overrides[name.replaceAll('`', '')];
  expect(override?.startsWith('$') ? 'a stub' : `version ${override ?? ''}`).toBe(by);
});
