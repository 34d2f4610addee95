import { z } from 'zod';
import { isEventGrid } from './eventGrid.ts';
import { sameName } from './indexing.ts';
import type { Indexed } from './indexing.ts';
import type { Runner } from './runner.ts';
import { isTimer } from './timers.ts';

const invocation = z.object({ input: z.string().nullish() });

/**
 * `POST /admin/functions/{name}`: runs a function without waiting for it, disabled or not. A timer ignores the input,
 * an event function takes it as its event (`FunctionsController.Invoke` in Azure/azure-functions-host).
 */
export function invokeByHand(functions: readonly Indexed[], runner: Runner, name: string, body: unknown): Response {
  const asked = invocation.safeParse(body);
  if (!asked.success) return new Response(null, { status: 400 });
  const target = functions.find(({ metadata }) => sameName(metadata.name, name));
  const run = target && runOf(target, runner, asked.data.input ?? '');
  if (run === undefined) return new Response(null, { status: 404 });
  // What it throws is logged by the runner.
  run.catch(() => undefined);
  return new Response(null, { status: 202 });
}

function runOf(target: Indexed, runner: Runner, input: string): Promise<unknown> | undefined {
  if (isTimer(target)) return runner.fire(target);
  return isEventGrid(target) ? runner.run(target, { json: input }) : undefined;
}
