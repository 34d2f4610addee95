import { z } from 'zod';
import type { Reason } from '../../model/reason.ts';
import { normalised } from '../../model/target.ts';
import type { Incoming } from './incoming.ts';

export interface Regenerated {
  /** Normalised. */
  readonly resource: string;
  /** Client id of whoever did it. */
  readonly by?: string;
}

const shape = z.object({
  operationName: z.string(),
  resourceUri: z.string().regex(/^\/subscriptions\//i),
  claims: z.object({ appid: z.string().optional() }).loose().optional(),
});

/** Somebody regenerated a key; which one, the event does not say (azure-facts 4). */
export function regenerated({ type, source, data }: Incoming): Regenerated | Reason {
  if (type !== 'Microsoft.Resources.ResourceActionSuccess') return 'irrelevant';
  const read = shape.safeParse(data);
  if (!read.success) return 'unreadable';
  const { operationName, resourceUri, claims } = read.data;
  if (!/\/regeneratekeys?\/action$/i.test(operationName)) return 'irrelevant';
  const resource = normalised(resourceUri);
  if (!`${resource}/`.startsWith(`${normalised(source)}/`)) return 'wrong-origin';
  return { resource, ...(claims?.appid && { by: claims.appid }) };
}
