import { z } from 'zod';
import type { Keyturn } from '../../lib/app.ts';

/** Where `subscribeAll` finds the functions of an app in this process. */
export const endpointUrl = 'https://app.example/runtime/webhooks/eventgrid?code=key';

const notJson = Symbol('not JSON');
const validation = z.array(z.object({ data: z.object({ validationCode: z.string() }) }));

/** Serves the app's Event Grid functions as a host does: 202, or 500 where one throws or the body is not JSON. */
export function eventGridEndpoint(keyturn: () => Keyturn): (request: Request) => Promise<Response> {
  return async (request) => {
    const handler = handlersOf(keyturn())[new URL(request.url).searchParams.get('functionName') ?? ''];
    if (!handler) return new Response(null, { status: 404 });
    const body: unknown = await request.json().catch(() => notJson);
    if (body === notJson) return new Response(null, { status: 500 });
    if (request.headers.get('aeg-event-type') === 'SubscriptionValidation') {
      const [event] = validation.parse(body);
      return Response.json({ validationResponse: event?.data.validationCode });
    }
    const events: readonly unknown[] = Array.isArray(body) ? body : [body];
    const results = await Promise.allSettled(events.map(handler));
    return new Response(null, { status: results.every(({ status }) => status === 'fulfilled') ? 202 : 500 });
  };
}

function handlersOf(keyturn: Keyturn): Readonly<Record<string, (event: unknown) => Promise<void>>> {
  return {
    generateDue: (event) => keyturn.phaseDue('generate', event),
    publishDue: (event) => keyturn.phaseDue('publish', event),
    verifyDue: (event) => keyturn.phaseDue('verify', event),
    revokeDue: (event) => keyturn.phaseDue('revoke', event),
    keyVaultEvents: keyturn.keyVault,
    resourceEvents: keyturn.resource,
    noticeEvents: keyturn.notice,
  };
}
