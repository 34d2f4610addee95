import { later, second } from '../model/clock.ts';
import type { Step } from './phase.ts';

/** Done when the look shows that what the vault holds is what the resource has, and whatever else shows it is used. */
export const verify: Step = async ({ provider }, { inspection }, view) => {
  if (!inspection.live) return { is: 'pending', reason: 'stale-read', until: later(view.now, 10 * second) };
  const check = await provider.verify?.(view, inspection.secretCredential);
  if (check && check.is !== 'valid') return check;
  return { is: 'done', inspection, ...(check?.evidence && { evidence: check.evidence }) };
};
