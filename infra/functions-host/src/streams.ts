import http from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { TypedData } from './functionsCore.ts';

/**
 * Bodies as streams (`app.setup({ enableHttpStream: true })`): the library opens a server in the app's process, and the
 * host forwards each request to it, beside the invocation that tells the app of it (`DefaultHttpProxyService` in
 * Azure/azure-functions-host).
 */
export interface Forwarder {
  forward(request: Request, invocationId: string, invocation: Promise<unknown>): Promise<Response>;
  /** Gives up every request that no answer has begun for. */
  stop(): void;
}

/** Headers of one connection, and those that the host sets itself. */
const notForwarded = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'content-length']);

/**
 * A handler that throws leaves its request without an answer: the library sends none, and the host waits for one
 * (azure-functions-nodejs-library#324). So does this one, for `unansweredMs`.
 */
export function createForwarder(workerUrl: string, unansweredMs: number): Forwarder {
  const unanswered = new Set<() => void>();
  return {
    async forward(request, invocationId, invocation) {
      const upstream = http.request(new URL(new URL(request.url).pathname + new URL(request.url).search, workerUrl), {
        method: request.method,
        headers: { ...headersFor(request), 'x-ms-invocation-id': invocationId },
      });
      return new Promise((resolve) => {
        const giveUp = () => {
          clearTimeout(timer);
          unanswered.delete(giveUp);
          upstream.destroy();
          resolve(new Response(null, { status: 502 }));
        };
        let timer: NodeJS.Timeout | undefined;
        unanswered.add(giveUp);
        invocation.catch(() => {
          if (unanswered.has(giveUp)) timer = setTimeout(giveUp, unansweredMs);
        });
        upstream.once('error', giveUp);
        upstream.once('response', (answer) => {
          clearTimeout(timer);
          unanswered.delete(giveUp);
          resolve(responseOf(answer));
        });
        sendBody(request, upstream);
      });
    },
    stop() {
      for (const giveUp of unanswered) giveUp();
    },
  };
}

function headersFor(request: Request): Record<string, string> {
  const { host, protocol } = new URL(request.url);
  const kept = [...request.headers].filter(([name]) => !notForwarded.has(name));
  const length = request.headers.get('content-length');
  const framing = length === null ? undefined : { 'content-length': length };
  return {
    ...Object.fromEntries(kept),
    ...framing,
    host,
    'x-forwarded-host': host,
    'x-forwarded-proto': protocol.slice(0, -1),
  };
}

function sendBody({ body }: Request, upstream: http.ClientRequest): void {
  if (body === null) {
    upstream.end();
    return;
  }
  const source = Readable.fromWeb(body as WebStream<Uint8Array>);
  source.once('error', (error) => upstream.destroy(error)); // the caller went away
  source.pipe(upstream);
}

function responseOf(answer: http.IncomingMessage): Response {
  const { statusCode = 500, headers } = answer;
  const kept = Object.entries(headers).filter(([name]) => !notForwarded.has(name));
  const isEmpty = statusCode === 204 || statusCode === 304;
  if (isEmpty) answer.resume();
  const body = isEmpty ? null : (Readable.toWeb(answer) as ReadableStream);
  return new Response(body, { status: statusCode, headers: kept.map(([name, value]) => [name, String(value)]) });
}

/** Returns what the app reads headers and path parameters from. Names of the query come among the parameters. */
export function streamMetadata(request: Request, params: ReadonlyMap<string, string>): Record<string, TypedData> {
  const query = [...new URL(request.url).searchParams].filter(([name]) => name.toLowerCase() !== 'code');
  const texts = [...query, ...params].map(([name, string]) => [name, { string }] as const);
  return {
    ...Object.fromEntries(texts),
    Query: { json: JSON.stringify(Object.fromEntries(query)) },
    Headers: { json: JSON.stringify(Object.fromEntries(request.headers)) },
  };
}
