import type { FunctionMetadata, Handler, Hook, HookName, LogCategory, LogLevel } from './core.ts';
import type { ProgrammingModel, Registration } from './core.ts';

/** What an app has registered so far. */
export interface Registry {
  readonly functions: Registration[];
  readonly hooks: Map<HookName, Hook[]>;
  model: ProgrammingModel | undefined;
  /** Once the entry file has been run, a registration is refused (as in the Node worker's `registerFunction`). */
  closed: boolean;
}

export type Log = (level: LogLevel, category: LogCategory, message: string) => void;

export function newRegistry(): Registry {
  return { functions: [], hooks: new Map(), model: undefined, closed: false };
}

class Disposable {
  readonly dispose: () => void;

  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

/** The module `@azure/functions-core`, which exists only inside a host. */
export function coreModule(registry: Registry, log: Log): Record<string, unknown> {
  return {
    version: '3.13.0',
    hostVersion: '4.1042.100',
    log,
    Disposable,
    setProgrammingModel(model: ProgrammingModel) {
      registry.model = model;
    },
    getProgrammingModel: () => registry.model,
    registerFunction(metadata: FunctionMetadata, handler: Handler) {
      if (registry.closed) throw new Error('A function can only be registered during app startup.');
      return added(registry.functions, { metadata, handler });
    },
    registerHook(name: HookName, hook: Hook) {
      const hooks = registry.hooks.get(name) ?? [];
      registry.hooks.set(name, hooks);
      return added(hooks, hook);
    },
  };
}

function added<T>(list: T[], item: T): Disposable {
  list.push(item);
  return new Disposable(() => {
    const at = list.indexOf(item);
    if (at >= 0) list.splice(at, 1);
  });
}
