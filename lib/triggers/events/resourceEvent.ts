import { z } from 'zod';
import { isArmId } from '../../model/armId.ts';
import type { Reason } from '../../model/reason.ts';
import { normalizedId } from '../../model/target.ts';
import type { IncomingEvent } from './incoming.ts';

export interface Regeneration {
  /** Normalized ARM id. */
  readonly resource: string;
}

const shape = z.object({
  operationName: z.string(),
  resourceUri: z.string(),
});

/**
 * Parses the event of a regeneration. It does not say which key was regenerated, nor in a way that can be relied on who
 * did it (azure-facts: Resource events).
 */
export function parseRegeneration({ type, source, data }: IncomingEvent): Regeneration | Reason {
  if (type !== 'Microsoft.Resources.ResourceActionSuccess') return 'irrelevant';
  const read = shape.safeParse(data);
  if (!read.success) return 'unreadable';
  const { operationName, resourceUri } = read.data;
  if (!/\/regeneratekeys?\/action$/i.test(operationName)) return 'irrelevant';
  if (!isArmId(resourceUri)) return 'unreadable';
  const resource = normalizedId(resourceUri);
  if (!`${resource}/`.startsWith(`${normalizedId(source)}/`)) return 'wrong-origin';
  return { resource };
}
