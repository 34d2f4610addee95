import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { document, linksIn, root, tablesIn } from './markdown.ts';
import { citingFiles, joined, needsNames, proseOf, ruleBook, unresolved } from './references.ts';

const book = ruleBook();
/** Files that hold examples of references. */
const examples = ['test/docs/rules.test.ts', 'test/docs/references.ts', 'infra/lint/words.ts'];
const files = citingFiles().filter((path) => !examples.includes(path));

const rules = [...Array.from({ length: 34 }, (_, index) => index + 1), 37, 38, 39, 40, 41, 47, 48, 49, 50].map(
  (nth) => `R${nth}`,
);
const expected = [...Array.from({ length: 10 }, (_, index) => `promise ${index + 1}`), ...rules];

test('the design has a heading for each promise and rule in order, each with a name of two to five words', () => {
  expect([...book.names.keys()]).toEqual(expected);
  const names = [...book.names.values()];
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z]+( [a-z]+){1,4}$/.test(name))).toEqual([]);
});

test('files of every folder are searched', () => {
  const folders = new Set(files.map((path) => path.replace(/\/.*/, '')));
  expect([...folders]).toEqual(expect.arrayContaining(['functions', 'lib', 'infra', 'test', 'docs', 'README.md']));
});

test('every reference to a rule, promise, fact or section resolves', () => {
  const wrong = files.flatMap((path) =>
    unresolved(book, proseOf(path), needsNames(path)).map((words) => `${path}: …${words}…`),
  );
  expect(wrong).toEqual([]);
});

const tests = files.filter((path) => path.startsWith('test/'));
const tested = tests.map(proseOf).join('\n');

test('a title or comment of a test names each promise and rule', () => {
  expect(expected.filter((id) => !new RegExp(`\\b${id}\\b`).test(tested))).toEqual([]);
});

test('the page of mutants has a row for each promise and rule', () => {
  const rows = tablesIn(document('docs/mutants.md')).flat();
  const named = rows.flatMap(([cell = '']) => /^(Promise \d+|R\d+) /.exec(cell)?.[1] ?? []);
  expect(named.map((id) => id.replace('P', 'p'))).toEqual(expected);
});

test('every path that the design names exists', () => {
  const text = document('docs/design.md');
  const linked = linksIn(text).filter((link) => !/^([a-z]+:|#)/.test(link));
  const paths = linked.map((link) => join('docs', link.split('#')[0] ?? ''));
  const written = [...text.matchAll(/`((?:lib|functions|infra|test|docs)\/[\w./-]*)`/g)].flatMap(
    ([, path]) => path ?? [],
  );
  expect(paths.length).toBeGreaterThan(24);
  expect([...paths, ...written].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every rule says which file keeps it', () => {
  const sections = document('docs/design.md')
    .split(/^### /m)
    .filter((section) => /^R\d/.test(section));
  expect(sections.filter((section) => !/Kept\s+in\s/.test(section))).toEqual([]);
  expect(sections).toHaveLength(rules.length);
});

test.each<[string, boolean, string, boolean]>([
  ['a rule with its name', true, '/** Ends a visit (R5, lease time left). */', true],
  ['two of them', true, '// (R4, request in flight; promise 2, overlap kept)', true],
  ['a name over two lines', true, '/**\n * It may still land (R4, request\n * in flight).\n */', true],
  ['a rule without its name', true, '// It may still land (R4).', false],
  ['a rule with the name of another', true, '// It may still land (R4, claimed twice).', false],
  ['a rule outside brackets', true, '// R4, request in flight', false],
  ['more than the name', true, '// (R4, request in flight and lease)', false],
  ['a promise without its name', true, '// Kept (promise 2).', false],
  ['a bare id in a test or on a page', false, 'R4: waits; promise 2 too', true],
  ['an unknown rule', false, 'R99: waits', false],
  ['an unknown promise', false, 'promise 11: waits', false],
  ['a fact by its heading', true, '// 15 tags (azure-facts: Key Vault limits)', true],
  ['two facts', true, '// (azure-facts: Action groups; azure-facts: Event Grid delivery)', true],
  ['an unknown fact', true, '// 15 tags (azure-facts: Key Vault moods)', false],
  ['a fact by a number', false, '// 15 tags (azure-facts 3)', false],
  ['a section by its heading', true, '// A third of its life (design: Due)', true],
  ['an unknown section', true, '// A third of its life (design: Nowhere)', false],
  ['an older rule book', false, '// A third of its life (PROTOCOL 6)', false],
])('%s, where code is %s: `%s` resolves: %s', (_sentence, isCode, text, resolves) => {
  expect(unresolved(book, joined(text), isCode).length === 0).toBe(resolves);
});
