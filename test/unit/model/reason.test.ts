import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviceFor, isReason } from '../../../lib/model/reason.ts';

const lib = join(import.meta.dirname, '../../../lib');
const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(lib, name), 'utf8') }));
const lists = files.filter(({ name }) => name.startsWith('model/reasons/'));
const sources = files.filter(({ name }) => !name.startsWith('model/reason')).map(({ text }) => text);
const words = lists.flatMap(({ text }) =>
  [...text.matchAll(/^ {2,4}'?([a-z-]+)'?:/gm)].flatMap(([, word]) => word ?? []),
);

test('the list is closed: what every object has is no reason', () => {
  expect(words.length).toBeGreaterThan(40);
  expect(words.every(isReason)).toBe(true);
  expect(['toString', '__proto__', 'constructor', '', 'bored'].filter(isReason)).toEqual([]);
});

test('no word has two meanings', () => {
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
});

test('every reason says what a person can do about it, or that nothing is to be done', () => {
  for (const word of words.filter(isReason)) expect(adviceFor(word)).toMatch(/^[A-Z].{10,}\.$/s);
});

test('every reason of the list is given somewhere', () => {
  const all = sources.join('\n');
  expect(words.filter((word) => !new RegExp(`['"]?\\b${word}\\b`).test(all))).toEqual([]);
});
