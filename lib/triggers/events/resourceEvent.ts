import { z } from 'zod';
import type { Reason } from '../../model/reason.ts';
import { normalizedId } from '../../model/target.ts';
import type { IncomingEvent } from './incoming.ts';

export interface Regeneration {
  /** Normalized ARM id. */
  readonly resource: string;
  /** Client id of the caller. */
  readonly by?: string;
}

const shape = z.object({
  operationName: z.string(),
  resourceUri: z.string().regex(/^\/subscriptions\//i),
  claims: z.object({ appid: z.string().optional() }).loose().optional(),
});

/** Parses the event of a regeneration. It does not say which key was regenerated (azure-facts: Resource events). */
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
