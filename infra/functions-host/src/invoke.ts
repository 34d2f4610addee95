import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import type { App } from './app.ts';
import type { InvocationContext, TypedData } from './core.ts';
import { eventMetadata, isEventGrid } from './eventGrid.ts';
import { runHooks } from './hooks.ts';
import type { Indexed } from './indexing.ts';

/**
 * Runs a function once, in the order of the Node worker's `InvocationHandler`: arguments, hooks, handler, hooks, answer.
 * What the handler throws is thrown on, unless a hook takes it away.
 */
export async function invoke(app: App, target: Indexed, data: TypedData): Promise<TypedData | undefined> {
  const context = coreContext(app, target, data);
  const model = app.model.getInvocationModel(context);
  const { context: invocationContext, inputs } = await model.getArguments();
  const shared = { hookData: {}, appHookData: {}, invocationContext };
  const before = { ...shared, inputs, functionCallback: target.handler };
  context.state = 'preInvocationHooks';
  await runHooks(app.hooks, 'preInvocation', before);
  context.state = 'invocation';
  const outcome = await settle(() => model.invokeFunction(invocationContext, before.inputs, before.functionCallback));
  const after = { ...shared, inputs: before.inputs, ...outcome };
  context.state = 'postInvocationHooks';
  await runHooks(app.hooks, 'postInvocation', after);
  context.state = undefined;
  if (after.error !== null) throw after.error;
  return (await model.getResponse(invocationContext, after.result)).returnValue ?? undefined;
}

async function settle(run: () => Promise<unknown>): Promise<{ result: unknown; error: Error | null }> {
  try {
    return { result: await run(), error: null };
  } catch (error) {
    return { result: null, error: types.isNativeError(error) ? error : new Error(String(error)) };
  }
}

function coreContext(app: App, target: Indexed, data: TypedData): InvocationContext {
  const invocationId = randomUUID();
  const triggerMetadata = isEventGrid(target) ? eventMetadata(data) : {};
  return {
    invocationId,
    request: { invocationId, inputData: [{ name: target.triggerName, data }], triggerMetadata },
    metadata: target.metadata,
    state: undefined,
    log: app.log,
  };
}
