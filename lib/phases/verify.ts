import { later, second } from '../model/clock.ts';
import type { Step } from './step.ts';

/** Done when the look shows that the vault's value is the resource's key. */
export const verify: Step = (_hands, { look }, { now }) =>
  Promise.resolve(
    look.live ? { is: 'done', look } : { is: 'pending', reason: 'stale-read', until: later(now, 10 * second) },
  );
