import { QueryError, createReader } from './reader.ts';
import { stages } from './stages.ts';
import type { Dataset } from './stages.ts';
import type { Columns, Row } from './values.ts';

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
