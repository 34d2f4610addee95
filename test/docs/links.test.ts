import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { anchorsIn, document, linksIn, root } from './markdown.ts';

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', '.git']);

const pages = markdownIn(root);

function markdownIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : markdownIn(path);
    return entry.name.endsWith('.md') ? [relative(root, path)] : [];
  });
}

/** Lists broken links to files and headings of the project. */
function broken(page: string, text: string): readonly string[] {
  return linksIn(text).filter((link) => !/^[a-z]+:/.test(link) && !leads(page, link));
}

function leads(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  if (anchor === undefined) return true;
  return statSync(join(root, target)).isFile() && anchorsIn(document(target)).includes(anchor);
}

test('the pages of the project are found', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'lib/README.md', 'docs/costs.md', 'docs/events/README.md']),
  );
});

test.each(pages)('every link of %s leads somewhere', (page) => {
  expect(broken(page, document(page))).toEqual([]);
});

test.each([
  ['a missing file', '[a](nowhere.md)', ['nowhere.md']],
  ['a missing heading', '[a](README.md#no-such-heading)', ['README.md#no-such-heading']],
  ['a missing heading of its own', '[a](#nothing)', ['#nothing']],
  ['an existing heading', '[a](README.md#try-it) and [b](#try-it)', []],
  ['a page of the web', '[a](https://example.com/nothing)', []],
  ['code that looks like a link', '```\n[a](nowhere.md)\n```', []],
])('the check finds broken links only: %s', (_, text, expected) => {
  expect(broken('README.md', text)).toEqual(expected);
});
