import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { kinds } from './measuredKinds.ts';
import { document, root } from './markdown.ts';
import { isReason } from '../../lib/model/reason.ts';
import { kindOptions } from '../../lib/model/target.ts';
import { settingNames } from '../../lib/settings.ts';

const pages = ['README.md', ...namesIn('docs', '.md'), ...namesIn('docs/kinds', '.md')];
const events = namesIn('docs/events', '.json').map((path) => basename(path, '.json'));

/** Words in code that are no reasons. */
const others: ReadonlySet<string> = new Set<string>([
  ...kinds,
  ...kindOptions,
  ...['wait-for-consumers', 'keyturn-claims', 'keyturn-leases', 'x-functions-key', 'render-kv', 'microsoft-dsvm'],
]);

function namesIn(folder: string, end: string): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(end));
  return names.map((name) => `${folder}/${name}`);
}

function wordsIn(page: string, shape: RegExp): readonly string[] {
  return [...document(page).matchAll(shape)].flatMap(([, word]) => word ?? []);
}

test.each(pages.filter((page) => page !== 'docs/dependencies.md'))('every reason in %s exists', (page) => {
  const words = wordsIn(page, /`([a-z]+(?:-[a-z]+)+)`/g);
  expect(words.filter((word) => !isReason(word) && !others.has(word))).toEqual([]);
});

test.each(pages)('every setting in %s exists', (page) => {
  expect(wordsIn(page, /\b(KEYTURN_[A-Z_]+)\b/g).filter((name) => !settingNames.includes(name))).toEqual([]);
});

test.each(pages)('every event in %s exists', (page) => {
  const types = wordsIn(page, /\b(Keyturn\.(?!Log\.)[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+)\b/g);
  expect(types.filter((type) => !events.includes(type))).toEqual([]);
});
