import { z } from 'zod';
import type { Keyturn } from '../../lib/app.ts';

/** Where `subscribeAll` finds the functions of an app in this process. */
export const endpointUrl = 'https://app.example/runtime/webhooks/eventgrid?code=key';

const unreadable = Symbol('no JSON');

type Handler = (event: unknown) => Promise<void>;

const validation = z.array(z.object({ data: z.object({ validationCode: z.string() }) }));

/** The app's Event Grid functions as a host serves them: 202, or 500 where one throws or the body cannot be read. */
export function endpoint(app: () => Keyturn): (request: Request) => Promise<Response> {
  return async (request) => {
    const handler = handlers(app())[new URL(request.url).searchParams.get('functionName') ?? ''];
    if (!handler) return new Response(null, { status: 404 });
    const body: unknown = await request.json().catch(() => unreadable);
    if (body === unreadable) return new Response(null, { status: 500 });
    if (request.headers.get('aeg-event-type') === 'SubscriptionValidation') {
      const [event] = validation.parse(body);
      return Response.json({ validationResponse: event?.data.validationCode });
    }
    const events: readonly unknown[] = Array.isArray(body) ? body : [body];
    const done = await Promise.allSettled(events.map(handler));
    return new Response(null, { status: done.every(({ status }) => status === 'fulfilled') ? 202 : 500 });
  };
}

function handlers(app: Keyturn): Readonly<Record<string, Handler>> {
  return {
    generateDue: (event) => app.phaseDue('generate', event),
    publishDue: (event) => app.phaseDue('publish', event),
    verifyDue: (event) => app.phaseDue('verify', event),
    revokeDue: (event) => app.phaseDue('revoke', event),
    keyVaultEvents: app.keyVault,
    resourceEvents: app.resource,
    noticeEvents: app.notice,
  };
}
