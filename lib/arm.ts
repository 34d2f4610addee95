import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createPipelineRequest,
  type HttpClient,
  type PipelinePolicy,
} from '@azure/core-rest-pipeline';
import { calling, refusals } from './calling.ts';
import type { Settings } from './model/settings.ts';

/** Azure Resource Manager for the few calls that no client of `@azure/arm-*` in use offers. Throws `Failure` only. */
export interface Arm {
  get(path: string, apiVersion: string): Promise<unknown>;
  post(path: string, apiVersion: string, body?: object): Promise<unknown>;
}

export type ArmSettings = Pick<Settings, 'armEndpoint' | 'armAudience'>;

export function arm(
  credential: TokenCredential,
  http: HttpClient,
  timeLimit: PipelinePolicy,
  { armEndpoint, armAudience }: ArmSettings,
): Arm {
  const pipeline = createEmptyPipeline(); // no retries: the next look decides (R3)
  const scopes = `${armAudience.replace(/\/$/, '')}/.default`;
  for (const policy of [timeLimit, refusals]) pipeline.addPolicy(policy);
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: 'Sign' });
  const send = (method: 'GET' | 'POST', path: string, apiVersion: string, body?: object) =>
    calling(async () => {
      const url = `${armEndpoint.replace(/\/$/, '')}${path}?api-version=${apiVersion}`;
      const request = createPipelineRequest({ url, method, ...(body && { body: JSON.stringify(body) }) });
      request.headers.set('Accept', 'application/json');
      if (body) request.headers.set('Content-Type', 'application/json');
      const { bodyAsText } = await pipeline.sendRequest(http, request);
      return jsonFrom(bodyAsText);
    });
  return {
    get: (path, apiVersion) => send('GET', path, apiVersion),
    post: (path, apiVersion, body) => send('POST', path, apiVersion, body),
  };
}

function jsonFrom(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
