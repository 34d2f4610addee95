import { z } from 'zod';
import { OperationError } from '../model/operationError.ts';
import type { Settings } from '../model/settings.ts';
import { sender, type Ground } from './requester.ts';

/** Lists of the Batch data plane, read with a token to their end. Throws `Failure` only. */
export type BatchDataPlane = (host: string, path: string, select: string) => Promise<readonly unknown[]>;

const apiVersion = '2024-07-01.20.0';
const page = z.object({ value: z.array(z.unknown()), 'odata.nextLink': z.string().optional() });

export function batchDataPlane(ground: Ground, { armEndpoint }: Pick<Settings, 'armEndpoint'>): BatchDataPlane {
  const send = sender(ground, audienceIn(armEndpoint));
  return async (host, path, select) => {
    const found: unknown[] = [];
    const query = new URLSearchParams({ 'api-version': apiVersion, maxresults: '1000', $select: select });
    for (let url: string | undefined = `https://${host}${path}?${query.toString()}`; url !== undefined;) {
      const read = page.safeParse(await send('GET', url));
      if (!read.success) throw unreadable();
      found.push(...read.data.value);
      const next = read.data['odata.nextLink'];
      if (next !== undefined && new URL(next).host !== host) throw unreadable(); // the token is for this account only
      url = next;
    }
    return found;
  };
}

/**
 * The audience of tokens (azure-facts: Batch data plane); of the other clouds as `batchResourceId` in
 * @azure/ms-rest-azure-env has it.
 */
function audienceIn(armEndpoint: string): string {
  const { hostname } = new URL(armEndpoint);
  if (hostname.endsWith('.usgovcloudapi.net')) return 'https://batch.core.usgovcloudapi.net';
  return hostname.endsWith('.chinacloudapi.cn') ? 'https://batch.chinacloudapi.cn' : 'https://batch.core.windows.net';
}

function unreadable(): OperationError {
  return new OperationError('refused', { code: 'BatchAnswer' });
}
