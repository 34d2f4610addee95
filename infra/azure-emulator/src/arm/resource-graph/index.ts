import type { Core } from '../../shared/platform.ts';
import type { Tables } from './kusto/query.ts';
import { readTables } from './state.ts';
import type { GraphSources } from './state.ts';

/** What Resource Graph knows, which may lag behind what is. */
export interface Graph {
  tables(): Tables;
  /** From now on it knows only what it knows now. */
  freeze(): void;
  thaw(): void;
}

export function createGraph(core: Core, shown: GraphSources): Graph {
  let frozen: Tables | undefined;
  const read = () => readTables(core, shown);
  return {
    tables: () => frozen ?? read(),
    freeze() {
      frozen = read();
    },
    thaw() {
      frozen = undefined;
    },
  };
}
