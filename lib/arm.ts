import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createPipelineRequest,
  type HttpClient,
  type PipelinePolicy,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { calling, refusals } from './calling.ts';
import { jsonFrom } from './model/json.ts';
import { Failure } from './model/failure.ts';
import type { Settings } from './model/settings.ts';

/** Azure Resource Manager for the few calls that no client of `@azure/arm-*` in use offers. Throws `Failure` only. */
export interface Arm {
  get(path: string, apiVersion: string): Promise<unknown>;
  /** Every page of a collection. */
  list(path: string, apiVersion: string): Promise<readonly unknown[]>;
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
  const { origin } = new URL(armEndpoint);
  const urlOf = (path: string, apiVersion: string) => `${origin}${path}?api-version=${apiVersion}`;
  const send = (method: 'GET' | 'POST', url: string, body?: object) =>
    calling(async () => {
      const request = createPipelineRequest({ url, method, ...(body && { body: JSON.stringify(body) }) });
      request.headers.set('Accept', 'application/json');
      if (body) request.headers.set('Content-Type', 'application/json');
      const { bodyAsText } = await pipeline.sendRequest(http, request);
      return jsonFrom(bodyAsText);
    });
  return {
    get: (path, apiVersion) => send('GET', urlOf(path, apiVersion)),
    post: (path, apiVersion, body) => send('POST', urlOf(path, apiVersion), body),
    list: async (path, apiVersion) => {
      const items: unknown[] = [];
      let next: string | undefined = urlOf(path, apiVersion);
      while (next) {
        const read = page.safeParse(await send('GET', next));
        if (!read.success) throw new Failure('refused', { code: 'CollectionAnswer' });
        items.push(...read.data.value);
        const { nextLink } = read.data;
        next = nextLink && new URL(nextLink, origin).origin === origin ? nextLink : undefined; // the token goes nowhere else
      }
      return items;
    },
  };
}

const page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });
