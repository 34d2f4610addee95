import { RestError, createHttpHeaders } from '@azure/core-rest-pipeline';
import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/core-auth';
import type { LocalAzure } from '../emulator.ts';
import { ConnectionCut } from '../shared/http.ts';
import type { Handle } from '../shared/http.ts';
import type { Call } from '../shared/journal.ts';
import type { AccessToken } from '../shared/tokens.ts';

interface InProcessOptions {
  /** Called if the sender is to be stopped. Its request never ends. */
  onStop?: (call: Call) => unknown;
}

/** An HTTP client for the SDKs without sockets. Connections fail with the errors of Node's own client. */
export function inProcessHttpClient(azure: LocalAzure, { onStop }: InProcessOptions = {}): HttpClient {
  async function sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    if (request.abortSignal?.aborted) throw aborted();
    const startMs = azure.clock.now().getTime();
    const response = await untilAborted(request, answer(azure.handle, request, onStop));
    const tookMs = azure.clock.now().getTime() - startMs;
    if (request.timeout > 0 && tookMs > request.timeout) throw aborted();
    return response;
  }
  return { sendRequest };
}

/**
 * Returns a credential of the app's identity. Clients ask it for each request, because they cache tokens by the
 * machine's time.
 */
export function credential({ core, clock }: LocalAzure): TokenCredential {
  const kept = new Map<string, AccessToken>();
  async function tokenFor(audience: string): Promise<string> {
    const old = kept.get(audience);
    if (old && old.expiresOn.getTime() - clock.now().getTime() > refreshMs) return old.token;
    const issued = await core.tokens.issue(audience);
    kept.set(audience, issued);
    return issued.token;
  }
  return {
    async getToken(scopes) {
      const scope = [scopes].flat()[0] ?? '';
      return { token: await tokenFor(scope.replace(/\/\.default$/, '')), expiresOnTimestamp: Date.now() };
    },
  };
}

const refreshMs = 300_000;

async function answer(
  handle: Handle,
  request: PipelineRequest,
  onStop: InProcessOptions['onStop'],
): Promise<PipelineResponse> {
  try {
    return await toPipeline(request, await handle(toWeb(request)));
  } catch (error) {
    if (!(error instanceof ConnectionCut)) throw error;
    if (error.cut !== 'stop') throw new RestError('socket hang up', { code: 'ECONNRESET', request });
    onStop?.(error.call);
    return new Promise(() => undefined);
  }
}

function toWeb({ url, method, headers, body }: PipelineRequest): Request {
  const isText = typeof body === 'string';
  if (!isText && body !== undefined && body !== null) throw new TypeError('Only text bodies are carried in process.');
  return new Request(url, { method, headers: headers.toJSON(), ...(isText && body !== '' ? { body } : {}) });
}

async function toPipeline(request: PipelineRequest, response: Response): Promise<PipelineResponse> {
  const headers = createHttpHeaders(Object.fromEntries(response.headers));
  const { status } = response;
  if (request.method === 'HEAD') return { request, status, headers };
  return { request, status, headers, bodyAsText: await response.text() };
}

function untilAborted<T>({ abortSignal }: PipelineRequest, work: Promise<T>): Promise<T> {
  if (!abortSignal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(aborted());
    };
    abortSignal.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(() => {
      abortSignal.removeEventListener('abort', onAbort);
    });
  });
}

function aborted(): Error {
  return Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
}
