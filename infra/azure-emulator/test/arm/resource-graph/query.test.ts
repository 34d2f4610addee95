import { QueryError } from '../../../src/arm/resource-graph/errors.ts';
import { runQuery } from '../../../src/arm/resource-graph/kusto/query.ts';
import { columns } from '../../../src/arm/resource-graph/state.ts';

const rows = [
  {
    id: '/1',
    name: 'one',
    type: 'microsoft.web/sites',
    tags: { 'uses secrets': 'a' },
    properties: { state: 'Running' },
  },
  { id: '/2', name: 'Two', type: 'microsoft.app/containerapps', tags: null, properties: { state: 'Stopped', size: 2 } },
  {
    id: '/3',
    name: 'three',
    type: 'microsoft.web/sites/slots',
    tags: { team: 'chat' },
    properties: { Impact: [{ Service: 'Azure SignalR Service' }, { Service: 'Batch' }], at: '2026-11-22T10:00:00Z' },
  },
];
const tables = { columns, rows: new Map([['resources', rows]]) };

function run(query: string) {
  return runQuery(query, tables).rows;
}

function names(condition: string): unknown[] {
  return run(`Resources | where ${condition} | project name`).map(({ name }) => name);
}

test.each([
  ['equal text, in its case', `name == 'two'`, []],
  ['equal text in any case', `name =~ "TWO"`, ['Two']],
  ['another text', `name != 'one'`, ['Two', 'three']],
  ['one of some', `name in ('one', 'two')`, ['one']],
  ['one of some in any case', `name in~ ('one', 'two')`, ['one', 'Two']],
  ['a part of it', `type contains 'SITE'`, ['one', 'three']],
  ['a whole term', `type has 'sites'`, ['one', 'three']],
  ['only a part of a term', `type has 'site'`, []],
  ['its beginning', `type startswith 'Microsoft.App'`, ['Two']],
  ['both', `name =~ 'two' and properties.state == 'Stopped'`, ['Two']],
  ['either, where and binds closer', `name == 'one' or name == 'Two' and name == 'x'`, ['one']],
  ['parentheses', `(name == 'one' or name == 'Two') and properties.size == 2`, ['Two']],
  ['a tag whose name has a space', `tags['uses secrets'] == 'a'`, ['one']],
  ['a tag that is there', `isnotempty(tags.team)`, ['three']],
  ['a property that is not there', `properties.none.deeper == 'x'`, []],
  ['an absent value as different from any text', `properties.none != 'x'`, ['one', 'Two', 'three']],
  ['a quote in a text', `name == 'it\\'s'`, []],
])('where finds %s', (_, condition, expected) => {
  expect(names(condition)).toEqual(expected);
});

test('extend adds columns, project selects and computes them', () => {
  const query = `resources // in any case
    | where id == '/3'
    | extend at = todatetime(properties.at), first = properties.Impact
    | project at, text = tostring(properties.Impact), nothing = tostring(properties.none)`;
  expect(run(query)).toEqual([
    { at: new Date('2026-11-22T10:00:00Z'), text: JSON.stringify(rows[2]?.properties.Impact), nothing: '' },
  ]);
});

test('mv-expand makes a row per element and keeps rows without elements', () => {
  const query = `Resources | mv-expand impact = properties.Impact | project name, service = impact.Service`;
  expect(run(query)).toEqual([
    { name: 'one', service: null },
    { name: 'Two', service: null },
    { name: 'three', service: 'Azure SignalR Service' },
    { name: 'three', service: 'Batch' },
  ]);
});

test('order by uses all its keys, descending by default', () => {
  const order = (by: string) => run(`Resources | order by ${by} | project id`).map(({ id }) => id);
  expect(order('id')).toEqual(['/3', '/2', '/1']);
  expect(order(`tostring(properties.state) desc, id asc`)).toEqual(['/2', '/1', '/3']);
});

test('a time can be text or a number of ticks', () => {
  const ticks = { id: '/t', properties: { at: '639309384000000000' } };
  const found = runQuery('Resources | project at = todatetime(tolong(properties.at)), no = todatetime(properties.at)', {
    columns,
    rows: new Map([['resources', [ticks]]]),
  });
  expect(found.rows).toEqual([{ at: new Date('2026-11-22T10:00:00Z'), no: null }]);
});

test.each([
  ['an unknown table', 'Sites', 'Sites', 1, 0],
  ['an unknown operator', 'Resources | summarize count()', 'summarize', 1, 12],
  ['an operator in another case', 'Resources | Where id == 1', 'Where', 1, 12],
  ['an unknown column', `Resources\n| where title == 'x'`, 'title', 2, 8],
  ['a column in another case', `Resources | where Name == 'x'`, 'Name', 1, 18],
  ['an unknown function', `Resources | where toupper(name) == 'x'`, 'toupper', 1, 18],
  ['a text that does not end', `Resources | where name == 'x`, `'`, 1, 26],
  ['a single equals sign', `Resources | where name = 'x'`, 'name', 1, 18],
  ['a condition that is none', `Resources | where name`, 'name', 1, 18],
  ['numbers as text', `Resources | where name == 5`, '==', 1, 23],
  ['parts of a text', `Resources | where name.first == 'x'`, '.', 1, 22],
  ['an order by something dynamic', `Resources | order by properties.state`, 'properties', 1, 21],
  ['a path without a name', `Resources | project properties.state`, '.', 1, 30],
  ['a text expanded', `Resources | mv-expand x = name`, 'x', 1, 22],
  ['a missing parenthesis', `Resources | where (name == 'x'`, '', 1, 30],
  ['an empty query', ``, '', 1, 0],
])('%s is refused with its place', (_, query, text, line, column) => {
  let thrown: unknown;
  try {
    run(query);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(QueryError);
  expect(thrown).toMatchObject({ token: { text, line, column } });
});
