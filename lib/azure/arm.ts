import { z } from 'zod';
import { OperationError } from '../model/operationError.ts';
import type { Settings } from '../model/settings.ts';
import { sender, type Ground } from './requester.ts';

/** Azure Resource Manager for the few calls that no client of `@azure/arm-*` in use offers. Throws `Failure` only. */
export interface Arm {
  get(path: string, apiVersion: string): Promise<unknown>;
  /** Every page of a collection. */
  list(path: string, apiVersion: string): Promise<readonly unknown[]>;
  post(path: string, apiVersion: string, body?: object): Promise<unknown>;
}

export type ArmSettings = Pick<Settings, 'armEndpoint' | 'armAudience'>;

export function arm(ground: Ground, { armEndpoint, armAudience }: ArmSettings): Arm {
  const send = sender(ground, armAudience);
  const { origin } = new URL(armEndpoint);
  const urlOf = (path: string, apiVersion: string) => `${origin}${path}?api-version=${apiVersion}`;
  return {
    get: (path, apiVersion) => send('GET', urlOf(path, apiVersion)),
    post: (path, apiVersion, body) => send('POST', urlOf(path, apiVersion), body),
    list: async (path, apiVersion) => {
      const items: unknown[] = [];
      let next: string | undefined = urlOf(path, apiVersion);
      while (next) {
        const read = page.safeParse(await send('GET', next));
        if (!read.success) throw new OperationError('refused', { code: 'CollectionAnswer' });
        items.push(...read.data.value);
        const { nextLink } = read.data;
        next = nextLink && new URL(nextLink, origin).origin === origin ? nextLink : undefined; // the token stays
      }
      return items;
    },
  };
}

const page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });
