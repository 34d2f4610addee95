import { QueryError } from '../errors.ts';
import { readCondition, readExpression } from './expressions.ts';
import { createReader } from './reader.ts';
import type { Reader } from './reader.ts';
import { asText } from './values.ts';
import type { Columns, Expression, Row } from './values.ts';

export interface Tables {
  readonly columns: Columns;
  /** By name in lower case: tables are found in any case. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
}

/** Runs a query of the part of Kusto that is known here; throws a `QueryError` at anything else. */
export function runQuery(query: string, { columns, rows }: Tables): Dataset {
  const reader = createReader(query);
  const table = reader.peek();
  const found = rows.get(reader.name().toLowerCase());
  if (!found) throw new QueryError(table, `There is no table '${table.text}'.`);
  let data: Dataset = { columns, rows: found, ordered: false };
  while (reader.accept('|')) {
    const token = reader.peek();
    const stage = stages.get(reader.name());
    if (!stage) throw new QueryError(token, `There is no operator '${token.text}'.`, 'InvalidQueryLanguage');
    data = stage(reader, data);
  }
  const rest = reader.peek();
  if (rest.kind !== 'end') throw new QueryError(rest, 'The end or a | is expected here.');
  return data;
}

export interface Dataset {
  readonly columns: Columns;
  readonly rows: readonly Row[];
  readonly ordered: boolean;
}

type Stage = (reader: Reader, data: Dataset) => Dataset;

/** What may stand after a `|`; case counts. */
const stages: ReadonlyMap<string, Stage> = new Map<string, Stage>([
  ['where', where],
  ['project', project],
  ['extend', extend],
  ['mv-expand', mvExpand],
  ['order', order],
  ['sort', order],
]);

/** Resource Graph's default (https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language). */
const expandedRows = 128;

function where(reader: Reader, data: Dataset): Dataset {
  const condition = readCondition(reader, data.columns);
  return { ...data, rows: data.rows.filter((row) => condition.of(row)) };
}

function project(reader: Reader, data: Dataset): Dataset {
  return computed(data, readNamed(reader, data.columns, true), false);
}

function extend(reader: Reader, data: Dataset): Dataset {
  return computed(data, readNamed(reader, data.columns, false), true);
}

/** A row for each element; one without elements stays, with nothing in the column. */
function mvExpand(reader: Reader, data: Dataset): Dataset {
  const start = reader.peek();
  const { name, expression } = readOne(reader, data.columns, true);
  if (expression.type !== 'dynamic') throw new QueryError(start, 'Only a dynamic value can be expanded.');
  const rows = data.rows.flatMap((row) => {
    const found = expression.of(row);
    const elements: unknown[] = Array.isArray(found) && found.length > 0 ? found.slice(0, expandedRows) : [null];
    return elements.map((element) => ({ ...row, [name]: element }));
  });
  return { ...data, rows, columns: new Map([...data.columns, [name, 'dynamic']]) };
}

function order(reader: Reader, data: Dataset): Dataset {
  reader.expect('by');
  const keys: { of: Expression['of']; sign: number }[] = [];
  do {
    const start = reader.peek();
    const { type, of } = readExpression(reader, data.columns);
    if (type === 'dynamic') throw new QueryError(start, 'Rows cannot be ordered by a dynamic value.');
    const ascending = reader.accept('asc');
    if (!ascending) reader.accept('desc');
    keys.push({ of, sign: ascending ? 1 : -1 });
  } while (reader.accept(','));
  const compare = (one: Row, other: Row) =>
    keys.reduce((found, { of, sign }) => found || sign * compared(of(one), of(other)), 0);
  return { ...data, rows: data.rows.toSorted(compare), ordered: true };
}

function compared(one: unknown, other: unknown): number {
  const [first, second] = [one, other].map((value) => (typeof value === 'number' ? value : asText(value)));
  if (first === second || first === undefined || second === undefined) return 0;
  return first < second ? -1 : 1;
}

interface Named {
  readonly name: string;
  readonly expression: Expression;
}

function computed(data: Dataset, named: readonly Named[], keep: boolean): Dataset {
  const columns = new Map([...(keep ? data.columns : []), ...named.map(typed)]);
  const valuesOf = (row: Row) => Object.fromEntries(named.map(({ name, expression }) => [name, expression.of(row)]));
  return { ...data, columns, rows: data.rows.map((row) => ({ ...(keep ? row : {}), ...valuesOf(row) })) };
}

function typed({ name, expression }: Named) {
  return [name, expression.type] as const;
}

/** `a, b = expression`: a bare column only where the stage allows it. */
function readNamed(reader: Reader, columns: Columns, bareColumns: boolean): Named[] {
  const named: Named[] = [];
  do named.push(readOne(reader, columns, bareColumns));
  while (reader.accept(','));
  return named;
}

function readOne(reader: Reader, columns: Columns, bareColumn: boolean): Named {
  const token = reader.peek();
  const name = reader.name();
  if (reader.accept('=')) return { name, expression: readExpression(reader, columns) };
  const type = columns.get(name);
  if (!bareColumn || !type) throw new QueryError(token, `'${name}' is no column; '${name} = …' would make one.`);
  return { name, expression: { type, of: (row) => row[name] } };
}
