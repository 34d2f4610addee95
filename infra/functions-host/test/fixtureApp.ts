import { app } from '@azure/functions';
import type { EventGridEvent, HttpHandler, HttpRequest, InvocationContext, Timer } from '@azure/functions';

/** The function app that the host's tests load. */
const runs: string[] = [];

app.setup({ enableHttpStream: process.env.STREAMS === 'true' });

app.hook.log((line) => {
  line.message = line.message.replaceAll('hunter2', '***');
});

app.timer('tick', { schedule: '0 */5 * * * *', handler: (timer: Timer) => void runs.push(JSON.stringify(timer)) });

app.timer('eager', { schedule: '%EAGER%', runOnStartup: true, handler: () => void runs.push('eager') });

app.timer('wrong-schedule', { schedule: 'now and then', handler: () => undefined });

app.timer('slow', {
  schedule: '0 0 0 1 1 *',
  handler: async (_timer: Timer, context: InvocationContext) => {
    context.log('slow with hunter2');
    await new Promise((resolve) => setTimeout(resolve, 300));
    context.log('slow has ended');
  },
});

app.timer('failing', {
  schedule: '0 0 0 1 1 *',
  handler: () => {
    throw new Error('the timer is broken');
  },
});

app.eventGrid('event', {
  handler: (event: EventGridEvent, { triggerMetadata }: InvocationContext) => {
    if (event.subject === 'bad') throw new Error('the event is bad');
    runs.push(JSON.stringify({ event, triggerMetadata }));
  },
});

let release: (() => void) | undefined;
/** Each invocation waits for another one. */
app.eventGrid('pair', {
  handler: async ({ subject }: EventGridEvent) => {
    runs.push(`${subject} started`);
    if (release) release();
    else await new Promise<void>((resolve) => (release = resolve));
    release = undefined;
    runs.push(`${subject} ended`);
  },
});

app.eventGrid('disabled', { handler: (event: EventGridEvent) => void runs.push(`disabled ran ${event.id}`) });

app.http('echo', {
  route: 'Things/{id}/{part}',
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request: HttpRequest) => ({
    status: 202,
    headers: { location: '/there' },
    jsonBody: {
      params: request.params,
      query: request.query.get('q'),
      header: request.headers.get('x-mine'),
      body: await request.json(),
    },
  }),
});

/** Answers what it was sent, as text. */
app.http('text', {
  route: 'text/{part?}',
  methods: ['POST', 'GET'],
  handler: async (request: HttpRequest) => ({
    status: 202,
    headers: { location: '/there' },
    jsonBody: { part: request.params.part ?? null, header: request.headers.get('x-mine'), body: await request.text() },
  }),
});

/** Answers first, and logs afterwards. */
app.http('late', {
  methods: ['GET'],
  handler: (_request: HttpRequest, context: InvocationContext) => {
    context.log('in time');
    setTimeout(() => {
      context.log('dropped');
      console.log('printed');
      runs.push('late');
    }, 20);
    return { body: 'early' };
  },
});

app.http('latest', { route: 'things/latest/{part}', methods: ['GET'], handler: () => ({ body: 'latest' }) });

app.http('runs', { methods: ['GET'], handler: () => ({ jsonBody: runs }) });

app.http('setting', { methods: ['GET'], handler: () => ({ body: process.env.EAGER ?? 'none' }) });

const nothing = (() => undefined) as unknown as HttpHandler;
app.http('nothing', { methods: ['DELETE'], handler: nothing });

app.http('broken', {
  methods: ['GET'],
  handler: () => {
    throw new Error('a secret in a stack');
  },
});

app.http('off', { methods: ['GET'], handler: () => ({ body: 'on' }) });

app.http('admin-only', { methods: ['GET'], authLevel: 'admin', handler: () => ({ body: 'hello' }) });

app.http('9lives', { methods: ['GET'], handler: () => ({ body: 'meow' }) });
