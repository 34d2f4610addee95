import { z } from 'zod';
import { isArmId } from '../../model/armId.ts';
import type { Reason } from '../../model/reason.ts';
import { fingerprintOf } from '../../model/sealed.ts';
import { phases, type Phase } from '../../model/state.ts';
import { secretFromUrl, secretUrl, type SecretName, type Target } from '../../model/target.ts';
import type { IncomingEvent } from './incoming.ts';
import { source, type Outgoing } from '../../announcements/topic.ts';

export const phaseDueType = 'Keyturn.Internal.PhaseDue';

/** Whichever instance receives the event visits the target. The id is the same for the same target, phase and time. */
export function phaseDueEvent({ secret, kind, resource }: Target, phase: Phase, since: Date, time: Date): Outgoing {
  const subject = secretUrl(secret);
  const id = fingerprintOf([subject, phase, since.toISOString()].join('\n'));
  return { type: phaseDueType, source, id, time, subject, data: { phase, kind, resource } };
}

const shape = z.object({ phase: z.enum(phases), kind: z.string(), resource: z.string().refine(isArmId) });

export interface DuePhase {
  readonly secret: SecretName;
  readonly kind: string;
  readonly resource: string;
}

/** Parses the event as a hint: the visit reads the secret itself. */
export function parsePhaseDue(
  { type, data, subject }: IncomingEvent,
  phase: Phase,
  vaultUrls: readonly string[],
): DuePhase | Reason {
  if (type !== phaseDueType) return 'irrelevant';
  const read = shape.safeParse(data);
  const secret = secretFromUrl(subject);
  if (!read.success || !secret) return 'unreadable';
  if (read.data.phase !== phase) return 'irrelevant';
  const { kind, resource } = read.data;
  return vaultUrls.includes(secret.vaultUrl) ? { secret, kind, resource } : 'wrong-origin';
}
