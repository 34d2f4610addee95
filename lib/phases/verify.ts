import { later, second } from '../model/clock.ts';
import type { Step } from './phase.ts';

/** Done once the resource has the credential that the vault holds, and the provider's own evidence agrees. */
export const verify: Step = async ({ provider }, { inspection }, input) => {
  if (!inspection.live) return { is: 'pending', reason: 'stale-read', until: later(input.now, 10 * second) };
  const check = await provider.verify?.(input, inspection.secretCredential);
  if (check && check.is !== 'valid') return check;
  return { is: 'done', inspection, evidence: check?.evidence };
};
