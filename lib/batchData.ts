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
import { Failure } from './model/failure.ts';

/** Lists of the Batch data plane, read with a token to their end. Throws `Failure` only. */
export type BatchData = (host: string, path: string, select: string) => Promise<readonly unknown[]>;

const apiVersion = '2024-07-01.20.0';
const scopes = 'https://batch.core.windows.net/.default'; // azure-facts 1.5
const page = z.object({ value: z.array(z.unknown()), 'odata.nextLink': z.string().optional() });

export function batchData(credential: TokenCredential, http: HttpClient, timeLimit: PipelinePolicy): BatchData {
  const pipeline = createEmptyPipeline(); // no retries: the next look decides (R3)
  for (const policy of [timeLimit, refusals]) pipeline.addPolicy(policy);
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: 'Sign' });
  async function read(url: string) {
    const request = createPipelineRequest({ url, method: 'GET' });
    request.headers.set('Accept', 'application/json');
    const { bodyAsText } = await calling(() => pipeline.sendRequest(http, request));
    return pageIn(bodyAsText);
  }
  return async (host, path, select) => {
    const found: unknown[] = [];
    const query = new URLSearchParams({ 'api-version': apiVersion, maxresults: '1000', $select: select });
    for (let url: string | undefined = `https://${host}${path}?${query.toString()}`; url !== undefined;) {
      const { value, 'odata.nextLink': next } = await read(url);
      found.push(...value);
      if (next !== undefined && new URL(next).host !== host) throw unreadable(); // the token is for this account only
      url = next;
    }
    return found;
  };
}

function pageIn(text: string | null | undefined): z.output<typeof page> {
  try {
    return page.parse(JSON.parse(text ?? ''));
  } catch {
    throw unreadable();
  }
}

function unreadable(): Failure {
  return new Failure('refused', { code: 'BatchAnswer' });
}
