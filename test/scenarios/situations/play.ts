import { minute } from '../../../lib/model/clock.ts';
import { bench, type Bench } from '../../support/bench.ts';

/** A target that is due, at a Batch account. */
export async function due(env: Record<string, string> = {}, tags: Record<string, string> = {}) {
  const b = await bench(env);
  const account = await b.newBatch();
  b.newSecret(account, { tags });
  return { b, account };
}

/** The timers every quarter of an hour, for so long. */
export async function run(b: Bench, ms: number, stepMs = 15 * minute): Promise<void> {
  for (let passedMs = 0; passedMs <= ms; passedMs += stepMs) {
    await b.sweep();
    b.pass(stepMs);
  }
}

export function regenerated({ changes }: Bench): number {
  return changes().filter((name) => name.endsWith('.regenerateKey')).length;
}

export function value({ vault }: Bench): string | undefined {
  return vault.current('secret')?.value;
}
