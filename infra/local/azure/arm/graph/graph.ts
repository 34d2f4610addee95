import type { Core } from '../../core.ts';
import type { Health } from '../health/health.ts';
import type { ArmState } from '../state.ts';
import type { Tables } from './query.ts';
import { readTables } from './tables.ts';

/** What Resource Graph knows, which may lag behind what is. */
export interface Graph {
  tables(): Tables;
  /** From now on it knows only what it knows now. */
  freeze(): void;
  thaw(): void;
}

export function createGraph(core: Core, state: ArmState, health: Health): Graph {
  let frozen: Tables | undefined;
  const read = () => readTables(core, state, health);
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
