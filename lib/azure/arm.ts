import { z } from 'zod';
import { OperationError } from '../model/operationError.ts';
import type { Settings } from '../model/settings.ts';
import { readPages } from './pages.ts';
import { sender, type RequestDeps } from './requester.ts';

/** Azure Resource Manager for the few calls that no client of `@azure/arm-*` in use offers. */
export interface Arm {
  get(path: string, apiVersion: string): Promise<unknown>;
  /** Reads every page of a collection. */
  list(path: string, apiVersion: string): Promise<readonly unknown[]>;
  post(path: string, apiVersion: string, body?: object): Promise<unknown>;
}

export type ArmSettings = Pick<Settings, 'armEndpoint' | 'armAudience'>;

const page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

export function arm(deps: RequestDeps, { armEndpoint, armAudience }: ArmSettings): Arm {
  const send = sender(deps, armAudience);
  const { origin } = new URL(armEndpoint);
  const urlOf = (path: string, apiVersion: string) => `${origin}${path}?api-version=${apiVersion}`;
  return {
    get: (path, apiVersion) => send('GET', urlOf(path, apiVersion)),
    post: (path, apiVersion, body) => send('POST', urlOf(path, apiVersion), body),
    list: (path, apiVersion) =>
      readPages(async (url = urlOf(path, apiVersion)) => {
        const read = page.safeParse(await send('GET', url));
        if (!read.success) throw new OperationError('outage', { code: 'CollectionAnswer' });
        const { value: items, nextLink } = read.data;
        // The token is for this host.
        const isHere = nextLink && URL.canParse(nextLink, origin) && new URL(nextLink, origin).origin === origin;
        return { items, next: isHere ? nextLink : undefined };
      }),
  };
}
