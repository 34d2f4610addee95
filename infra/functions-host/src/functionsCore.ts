/**
 * The interface between the Node worker of Azure Functions and the library `@azure/functions`, as far as this host
 * needs it (Azure/azure-functions-nodejs-worker, `types-core/index.d.ts`).
 */
export interface TypedData {
  readonly string?: string | null;
  readonly json?: string | null;
  readonly bytes?: Uint8Array | null;
  readonly http?: HttpData | null;
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: NullableStrings;
  readonly nullableQuery?: NullableStrings;
  readonly nullableParams?: NullableStrings;
  readonly statusCode?: string;
  readonly headers?: Record<string, string>;
  readonly body?: TypedData | null;
}

export type NullableStrings = Record<string, { value: string }>;

export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly authLevel?: AuthLevel;
  readonly methods?: readonly string[];
  readonly route?: string;
  readonly schedule?: string;
  readonly runOnStartup?: boolean;
  readonly useMonitor?: boolean;
}

export type AuthLevel = 'anonymous' | 'function' | 'admin';

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

type Handler = (...inputs: unknown[]) => unknown;

/** A function as the app registered it. */
export interface Registration {
  readonly metadata: FunctionMetadata;
  readonly handler: Handler;
}

type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
type LogCategory = 'user' | 'system' | 'customMetric';

export type Log = (level: LogLevel, category: LogCategory, message: string) => void;

type Hook = (context: object) => unknown;
export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';

interface InvocationRequest {
  readonly invocationId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
}

export interface InvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  readonly log: Log;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: Handler): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: TypedData | null }>;
}

export interface ProgrammingModel {
  getInvocationModel(context: InvocationContext): InvocationModel;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

/** Everything that an app registers. */
export interface Registry {
  readonly functions: Registration[];
  readonly hooks: Map<HookName, Hook[]>;
  model: ProgrammingModel | undefined;
  /** True once the entry file has run. A registration is refused from then on, as the Node worker does. */
  closed: boolean;
}

class Disposable {
  readonly dispose: () => void;

  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

/** Makes the module `@azure/functions-core`, which exists only inside a host. */
export function createFunctionsCore(registry: Registry, log: Log): Record<string, unknown> {
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
      return add(registry.functions, { metadata, handler });
    },
    registerHook(name: HookName, hook: Hook) {
      const hooks = registry.hooks.get(name) ?? [];
      registry.hooks.set(name, hooks);
      return add(hooks, hook);
    },
  };
}

function add<T>(list: T[], item: T): Disposable {
  list.push(item);
  return new Disposable(() => {
    const at = list.indexOf(item);
    if (at >= 0) list.splice(at, 1);
  });
}
