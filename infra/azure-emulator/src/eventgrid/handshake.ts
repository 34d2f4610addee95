import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { answerOf } from './destination.ts';
import type { Deliver } from './destination.ts';
import { validation } from './request.ts';
import type { Subscription } from './subscription.ts';

const origin = 'eventgrid.azure.net';

/** Throws unless the receiver is there and wants the events: no subscription is made without. */
export async function shakeHands(clock: Clock, deliver: Deliver, subscription: Subscription): Promise<void> {
  const asksOptions = subscription.endpoint.kind === 'webhook' && subscription.schema === 'CloudEventSchemaV1_0';
  const agreed = await (asksOptions ? allowed : validated)(clock, deliver, subscription);
  if (!agreed) throw new Error('Webhook validation handshake failed: the endpoint did not answer as it has to.');
}

async function validated(clock: Clock, deliver: Deliver, subscription: Subscription): Promise<boolean> {
  const code = randomUUID();
  const answer = await found(clock, deliver, validation(subscription, code, clock.now()));
  const body = (await answer.json().catch(() => undefined)) as { validationResponse?: unknown } | null | undefined;
  return answer.status === 200 && body?.validationResponse === code;
}

/**
 * CloudEvents' protection against abuse
 * (https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema).
 */
async function allowed(clock: Clock, deliver: Deliver, { endpoint }: Subscription): Promise<boolean> {
  const headers = { 'WebHook-Request-Origin': origin };
  const answer = await found(clock, deliver, new Request(endpoint.url, { method: 'OPTIONS', headers }));
  const allowedOrigin = answer.headers.get('WebHook-Allowed-Origin') ?? '';
  return answer.ok && ['*', origin].includes(allowedOrigin.toLowerCase());
}

/** What bicep says of a function that is not deployed yet [Azure/bicep#11656]. */
async function found(clock: Clock, deliver: Deliver, request: Request): Promise<Response> {
  const answer = await answerOf(clock, deliver, request);
  if (typeof answer === 'string' || answer.status === 404) throw new Error('Destination endpoint not found.');
  return answer;
}
