import type { Core } from '../../shared/core.ts';
import type { Tables } from './kusto/query.ts';
import { readTables } from './state.ts';
import type { GraphSources } from './state.ts';

/** The data of Resource Graph, which can lag behind the resources. */
export interface Graph {
  tables(): Tables;
  /** Stops following changes until `thaw`. */
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
