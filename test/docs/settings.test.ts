import { settingNames } from '../../lib/settings.ts';
import { document, tableUnder } from './markdown.ts';

const rows = tableUnder(document('docs/settings.md'), 'App settings');

function wordsOf(column: number): readonly string[] {
  return rows.flatMap((row) => [...(row[column] ?? '').matchAll(/`(\w+)`/g)].flatMap(([, word]) => word ?? []));
}

test('the table of app settings has every setting of Keyturn, and no other one', () => {
  const named = wordsOf(0).filter((name) => name.startsWith('KEYTURN_'));
  expect(named.toSorted()).toEqual(settingNames.toSorted());
});

test('the table of app settings has every member of the parameter rotationSettings', () => {
  const [, type = ''] = /^type rotation = \{\n([^}]*)^\}/m.exec(document('infra/azure/types.bicep')) ?? [];
  const members = [...type.matchAll(/^ {2}(\w+): /gm)].flatMap(([, name]) => name ?? []);
  expect(members).toContain('failuresUntilHeld');
  expect(members.filter((name) => !wordsOf(3).includes(name))).toEqual([]);
});
