import { z } from 'zod';
import type { TypedData } from './core.ts';
import type { Indexed } from './indexing.ts';
import type { Runner } from './runner.ts';

export interface EventGridFront {
  readonly functions: readonly Indexed[];
  readonly runner: Runner;
}

const anyObject = z.record(z.string(), z.unknown());
const delivery = z.union([z.array(z.unknown()), anyObject.transform((event) => [event])]);

const proof = z.object({ validationCode: z.string() });
/** One CloudEvent, unlike an array of Event Grid's own schema, may carry its data as text. */
const proofInText = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(proof);
const validation = z.union([
  z.tuple([z.object({ data: proof })], z.unknown()).transform(([event]) => event),
  z.object({ data: z.union([proof, proofInText]) }),
]);

const publicCloud = 'eventgrid.azure.net';
const clouds = new Set([
  publicCloud,
  'eventgrid.azure.us',
  'eventgrid.azure.cn',
  'eventgrid.azure.eaglex.ic.gov',
  'eventgrid.azure.microsoft.scloud',
]);

export function isEventGrid({ trigger }: Indexed): boolean {
  return trigger.type === 'eventGridTrigger';
}

/**
 * Answers Event Grid as the Functions extension does (Azure/azure-sdk-for-net, `EventGridExtensionConfigProvider` and
 * `HttpRequestProcessor`). It finds functions by their exact name, and disabled ones not at all.
 */
export async function serveEventGrid(front: EventGridFront, request: Request): Promise<Response> {
  const name = new URL(request.url).searchParams.get('functionName') ?? '';
  const target = front.functions.find((one) => isEventGrid(one) && !one.disabled && one.metadata.name === name);
  if (target === undefined) return new Response(`cannot find function: '${name}'`, { status: 404 });
  if (request.method === 'OPTIONS') return allowOrigin(request);
  try {
    switch (request.headers.get('aeg-event-type')?.toLowerCase() ?? '') {
      case 'subscriptionvalidation':
        return validate(await request.json());
      case 'notification':
        return await dispatch(front.runner, target, delivery.parse(await request.json()));
      case 'unsubscribe':
        return new Response(null, { status: 202 });
      default:
        return new Response(null, { status: 400 });
    }
  } catch {
    // The extension throws where it cannot read a body, so that the host answers 500, which Event Grid retries.
    return new Response(null, { status: 500 });
  }
}

/** What the library offers as `context.triggerMetadata`; an event that is no object cannot be bound. */
export function eventMetadata({ json }: TypedData): Record<string, TypedData> {
  const event = anyObject.parse(JSON.parse(json ?? ''));
  const told = Object.entries(event).filter(([, value]) => value !== null && !Array.isArray(value));
  return Object.fromEntries(
    told.map(([name, value]) => [
      name,
      typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) },
    ]),
  );
}

function allowOrigin(request: Request): Response {
  const origin = request.headers.get('webhook-request-origin') ?? '';
  return new Response(null, { headers: { 'webhook-allowed-origin': clouds.has(origin) ? origin : publicCloud } });
}

function validate(body: unknown): Response {
  const { validationCode } = validation.parse(body).data;
  return new Response(JSON.stringify({ validationResponse: validationCode }));
}

/** All events of a delivery at once; when one fails, Event Grid sends all of them again. */
async function dispatch(runner: Runner, target: Indexed, events: readonly unknown[]): Promise<Response> {
  const runs = await Promise.allSettled(events.map((event) => runner.run(target, { json: JSON.stringify(event) })));
  if (runs.every(({ status }) => status === 'fulfilled')) return new Response(null, { status: 202 });
  return new Response(`Exception while executing function: Functions.${target.metadata.name}`, { status: 500 });
}
