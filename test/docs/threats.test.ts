import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { document, root, tablesIn } from './markdown.ts';
import { ruleBook } from './references.ts';

const [rows = []] = tablesIn(document('docs/threats.md'));
const rules = [...ruleBook().names.keys()];

test('the page has every actor', () => {
  const actors = ['author of a secret', 'author of tags', 'contributor', 'writer of blobs', 'sender to the topic'];
  const others = ['holder of a function key', 'Entra caller', 'reader'];
  const named = rows.map(([actor = '']) => actor).join('\n');
  expect([...actors, ...others].filter((actor) => !named.includes(actor))).toEqual([]);
});

test.each(rows)('%s who tries to %s: the rule and the test exist', (_actor, _tries, _worst, rule = '', cell = '') => {
  expect(rules).toContain(rule.replace('Promise', 'promise'));
  const [, path = '', title = ''] = /^`([\w/-]+)`: (.+)$/.exec(cell) ?? [];
  const file = [`${path}.test.ts`, `${path}.ts`]
    .map((each) => join(root, 'test', each))
    .find((each) => existsSync(each));
  expect([path, file && readFileSync(file, 'utf8').includes(title)]).toEqual([path, true]);
});
