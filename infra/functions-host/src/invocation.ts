import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { z } from 'zod';
import { runHooks } from './app.ts';
import type { App } from './app.ts';
import type { InvocationContext, TypedData } from './functionsCore.ts';
import type { IndexedFunction } from './indexing.ts';

const anyObject = z.record(z.string(), z.unknown());

/** Invokes functions, logs what they throw, and knows which invocations still run. */
export interface Invoker {
  invoke(fn: IndexedFunction, data: TypedData, more?: InvocationDetails): Promise<TypedData | undefined>;
  /** Waits for every invocation that runs now. */
  drain(): Promise<unknown>;
}

interface InvocationDetails {
  readonly invocationId: string;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
}

export function createInvoker(app: App): Invoker {
  const running = new Set<Promise<unknown>>();
  return {
    async invoke(fn, data, more) {
      const invocation = invokeOnce(app, fn, data, more);
      running.add(invocation);
      try {
        return await invocation;
      } catch (error) {
        const reason = types.isNativeError(error) ? (error.stack ?? error.message) : String(error);
        app.log('error', 'system', `Function '${fn.metadata.name}' failed: ${reason}`);
        throw error;
      } finally {
        running.delete(invocation);
      }
    },
    drain: () => Promise.allSettled(running),
  };
}

/**
 * Invokes a function in the order of the Node worker's `InvocationHandler`: arguments, hooks, handler, hooks, response.
 * Throws what the handler throws, unless a hook clears the error.
 */
async function invokeOnce(
  app: App,
  fn: IndexedFunction,
  data: TypedData,
  more: InvocationDetails | undefined,
): Promise<TypedData | undefined> {
  const { context, end } = createContext(app, fn, data, more);
  try {
    return await runInvocation(app, fn, context);
  } finally {
    end();
  }
}

async function runInvocation(
  app: App,
  fn: IndexedFunction,
  context: InvocationContext,
): Promise<TypedData | undefined> {
  const model = app.model.getInvocationModel(context);
  const { context: invocationContext, inputs } = await model.getArguments();
  const shared = { hookData: {}, appHookData: {}, invocationContext };
  const before = { ...shared, inputs, functionCallback: fn.handler };
  context.state = 'preInvocationHooks';
  await runHooks(app.hooks, 'preInvocation', before);
  context.state = 'invocation';
  const outcome = await catchError(() =>
    model.invokeFunction(invocationContext, before.inputs, before.functionCallback),
  );
  const after = { ...shared, inputs: before.inputs, ...outcome };
  context.state = 'postInvocationHooks';
  await runHooks(app.hooks, 'postInvocation', after);
  context.state = undefined;
  if (after.error !== null) throw after.error;
  return (await model.getResponse(invocationContext, after.result)).returnValue ?? undefined;
}

async function catchError(run: () => Promise<unknown>): Promise<{ result: unknown; error: Error | null }> {
  try {
    return { result: await run(), error: null };
  } catch (error) {
    return { result: null, error: types.isNativeError(error) ? error : new Error(String(error)) };
  }
}

/**
 * Makes the context of an invocation, and a function that ends it. The host finds the invocation of a line by its id, and
 * forgets it with its answer: it drops every line that comes later (azure-functions-host#4009).
 */
function createContext(
  app: App,
  fn: IndexedFunction,
  data: TypedData,
  more: InvocationDetails | undefined,
): { context: InvocationContext; end: () => void } {
  const isEvent = fn.trigger.type === 'eventGridTrigger';
  const { invocationId, triggerMetadata } = more ?? {
    invocationId: randomUUID(),
    triggerMetadata: isEvent ? eventMetadata(data) : {},
  };
  let ended = false;
  const context: InvocationContext = {
    invocationId,
    request: { invocationId, inputData: [{ name: fn.triggerName, data }], triggerMetadata },
    metadata: fn.metadata,
    state: undefined,
    log(...line) {
      if (!ended) app.log(...line);
    },
  };
  return { context, end: () => (ended = true) };
}

/** Returns what the library offers as `context.triggerMetadata`. Throws for an event that is no object. */
function eventMetadata({ json }: TypedData): Record<string, TypedData> {
  const event = anyObject.parse(JSON.parse(json ?? ''));
  const properties = Object.entries(event).filter(([, value]) => value !== null && !Array.isArray(value));
  return Object.fromEntries(
    properties.map(([name, value]) => [
      name,
      typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) },
    ]),
  );
}
