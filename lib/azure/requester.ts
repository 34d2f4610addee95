import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type PipelinePolicy,
} from '@azure/core-rest-pipeline';
import { errorPolicy } from './errors.ts';
import { retryReads } from './retryReads.ts';
import { parseJson } from '../model/json.ts';

/** What requests need that no client in use sends for us. */
export interface RequestDeps {
  readonly credential: TokenCredential;
  readonly http: HttpClient;
  readonly timeLimit: PipelinePolicy;
}

/** Returns the JSON of the answer, or nothing if its body is none. */
export type Send = (method: HttpMethods, url: string, body?: object) => Promise<unknown>;

/**
 * Sends requests with a token for `audience`. A write is sent once (R3, no automatic retries), a read that failed twice
 * (R48, look before acknowledging).
 */
export function sender({ credential, http, timeLimit }: RequestDeps, audience: string): Send {
  const pipeline = createEmptyPipeline();
  const scopes = `${audience.replace(/\/$/, '')}/.default`;
  for (const policy of [errorPolicy, timeLimit, retryReads]) pipeline.addPolicy(policy);
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: 'Sign' });
  return async (method, url, body) => {
    const request = createPipelineRequest({ url, method, ...(body && { body: JSON.stringify(body) }) });
    request.headers.set('Accept', 'application/json');
    if (body) request.headers.set('Content-Type', 'application/json');
    const { bodyAsText } = await pipeline.sendRequest(http, request);
    return parseJson(bodyAsText);
  };
}
