import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviceFor, isReason } from '../../lib/model/reason.ts';

const lib = join(import.meta.dirname, '../../lib');
const sources = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && name !== 'model/reason.ts')
  .map((name) => readFileSync(join(lib, name), 'utf8'))
  .join('\n');
const list = readFileSync(join(lib, 'model/reason.ts'), 'utf8');
const words = [...list.matchAll(/^ {2}'?([a-z-]+)'?:/gm)].flatMap(([, word]) => word ?? []);

test('the list is closed: what every object has is no reason', () => {
  expect(words.length).toBeGreaterThan(40);
  expect(words.every(isReason)).toBe(true);
  expect(['toString', '__proto__', 'constructor', '', 'bored'].filter(isReason)).toEqual([]);
});

test('every reason says what a person can do about it, or that nothing is to be done', () => {
  for (const word of words.filter(isReason)) expect(adviceFor(word)).toMatch(/^[A-Z].{10,}\.$/s);
});

test('every reason of the list is given somewhere', () => {
  expect(words.filter((word) => !new RegExp(`['"]?\\b${word}\\b`).test(sources))).toEqual([]);
});
