import { z } from 'zod';
import { OperationError } from '../model/operationError.ts';
import type { Settings } from '../model/settings.ts';
import { readPages } from './pages.ts';
import { sender, type RequestDeps } from './requester.ts';

/** Reads a collection of the Batch data plane to its end, with a token. */
export type BatchDataPlane = (host: string, path: string, select: string) => Promise<readonly unknown[]>;

const apiVersion = '2024-07-01.20.0';
const page = z.object({ value: z.array(z.unknown()), 'odata.nextLink': z.string().optional() });

export function batchDataPlane(deps: RequestDeps, { armEndpoint }: Pick<Settings, 'armEndpoint'>): BatchDataPlane {
  const send = sender(deps, audienceIn(armEndpoint));
  return (host, path, select) => {
    const query = new URLSearchParams({ 'api-version': apiVersion, maxresults: '1000', $select: select });
    return readPages(async (url = `https://${host}${path}?${query.toString()}`) => {
      const read = page.safeParse(await send('GET', url));
      if (!read.success) throw unreadable();
      const { value: items, 'odata.nextLink': next } = read.data;
      // The token is for this account.
      if (next && (!URL.canParse(next) || new URL(next).host !== host)) throw unreadable();
      return { items, next: next || undefined };
    });
  };
}

/**
 * Returns the audience of tokens (azure-facts: Batch data plane). Those of the other clouds are `batchResourceId` in
 * @azure/ms-rest-azure-env.
 */
function audienceIn(armEndpoint: string): string {
  const { hostname } = new URL(armEndpoint);
  if (hostname.endsWith('.usgovcloudapi.net')) return 'https://batch.core.usgovcloudapi.net';
  return hostname.endsWith('.chinacloudapi.cn') ? 'https://batch.chinacloudapi.cn' : 'https://batch.core.windows.net';
}

function unreadable(): OperationError {
  return new OperationError('outage', { code: 'BatchAnswer' });
}
