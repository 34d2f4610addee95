import { z } from 'zod';
import type { IndexedFunction } from './indexing.ts';
import type { Invoker } from './invocation.ts';

const delivery = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown()).transform((event) => [event])]);

const validationData = z.object({ validationCode: z.string() });
/** A single CloudEvent may carry its data as text, unlike an array in Event Grid's own schema. */
const validationText = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(validationData);
const validation = z.union([
  z.tuple([z.object({ data: validationData })], z.unknown()).transform(([event]) => event),
  z.object({ data: z.union([validationData, validationText]) }),
]);

const publicCloud = 'eventgrid.azure.net';
const clouds = new Set([
  publicCloud,
  'eventgrid.azure.us',
  'eventgrid.azure.cn',
  'eventgrid.azure.eaglex.ic.gov',
  'eventgrid.azure.microsoft.scloud',
]);

/**
 * Serves Event Grid's webhook as the Functions extension does (Azure/azure-sdk-for-net,
 * `EventGridExtensionConfigProvider` and `HttpRequestProcessor`). It finds functions by their exact name, and does not
 * find disabled ones.
 */
export async function serveEventGrid(
  functions: readonly IndexedFunction[],
  invoker: Invoker,
  request: Request,
): Promise<Response> {
  const name = new URL(request.url).searchParams.get('functionName') ?? '';
  const fn = functions.find(
    ({ trigger, disabled, metadata }) => trigger.type === 'eventGridTrigger' && !disabled && metadata.name === name,
  );
  if (fn === undefined) return new Response(`cannot find function: '${name}'`, { status: 404 });
  if (request.method === 'OPTIONS') return allowOrigin(request);
  try {
    switch (request.headers.get('aeg-event-type')?.toLowerCase() ?? '') {
      case 'subscriptionvalidation':
        return validate(await request.json());
      case 'notification':
        return await dispatch(invoker, fn, delivery.parse(await request.json()));
      case 'unsubscribe':
        return new Response(null, { status: 202 });
      default:
        return new Response(null, { status: 400 });
    }
  } catch {
    // The extension throws where it cannot read a body. The host then answers 500, and Event Grid retries.
    return new Response(null, { status: 500 });
  }
}

function allowOrigin(request: Request): Response {
  const origin = request.headers.get('webhook-request-origin') ?? '';
  return new Response(null, { headers: { 'webhook-allowed-origin': clouds.has(origin) ? origin : publicCloud } });
}

function validate(body: unknown): Response {
  const { validationCode } = validation.parse(body).data;
  return new Response(JSON.stringify({ validationResponse: validationCode }));
}

/** Runs all events of a delivery at once. When one fails, Event Grid sends all of them again. */
async function dispatch(invoker: Invoker, fn: IndexedFunction, events: readonly unknown[]): Promise<Response> {
  const invocations = await Promise.allSettled(
    events.map((event) => invoker.invoke(fn, { json: JSON.stringify(event) })),
  );
  if (invocations.every(({ status }) => status === 'fulfilled')) return new Response(null, { status: 202 });
  return new Response(`Exception while executing function: Functions.${fn.metadata.name}`, { status: 500 });
}
