import { bench, type Bench } from '../../../support/bench.ts';

/** A target at rest whose last version is a day old, so that it settled. */
export async function resting(env: Record<string, string> = {}, tags: Record<string, string> = {}) {
  const b = await bench(env);
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 1, tags });
  await b.sweep();
  return { b, account };
}

export const why = { mode: 'graceful', reason: 'found in a log' } as const;

export function named({ vault }: Bench, more: object = {}): object {
  return { vault: vault.uri, secret: 'secret', ...why, ...more };
}

export function regenerated({ changes }: Bench): number {
  return changes().filter((name) => name === 'batch.regenerateKey').length;
}
