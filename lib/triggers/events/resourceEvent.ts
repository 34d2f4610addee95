import { z } from 'zod';
import type { Reason } from '../../model/reason.ts';
import { normalizedId } from '../../model/target.ts';
import type { IncomingEvent } from './incoming.ts';

export interface Regeneration {
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

/** Somebody regenerated a key; which one, the event does not say (azure-facts: Resource events). */
export function parseRegeneration({ type, source, data }: IncomingEvent): Regeneration | Reason {
  if (type !== 'Microsoft.Resources.ResourceActionSuccess') return 'irrelevant';
  const read = shape.safeParse(data);
  if (!read.success) return 'unreadable';
  const { operationName, resourceUri, claims } = read.data;
  if (!/\/regeneratekeys?\/action$/i.test(operationName)) return 'irrelevant';
  const resource = normalizedId(resourceUri);
  if (!`${resource}/`.startsWith(`${normalizedId(source)}/`)) return 'wrong-origin';
  return { resource, ...(claims?.appid && { by: claims.appid }) };
}
