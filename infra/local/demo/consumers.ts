import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalAzure } from '../azure/azure.ts';
import type { DemoTarget, Scene } from './seed.ts';

export interface Tally {
  calls: number;
  /** Calls with a key that was not the secret's current one any more. */
  withOldKey: number;
  failed: number;
  firstFailure: string | undefined;
}

export interface Consumers {
  readonly tally: Readonly<Tally>;
  stop(): Promise<void>;
}

const loopsPerSecret = 3;
const pauseMs = 40;
const reader = { clientId: 'c0450000-0000-4000-8000-000000000001', objectId: 'c0450000-0000-4000-8000-000000000002' };

/**
 * Applications that read their secret, hold what they read for so long, use it all the while and never try twice:
 * what Keyturn promises never to hurt as long as they hold it for less than settle.
 */
export function startConsumers(azure: LocalAzure, scene: Scene, holdMs: number): Consumers {
  const tally: Tally = { calls: 0, withOldKey: 0, failed: 0, firstFailure: undefined };
  const stopping = new AbortController();
  const loops = scene.targets.flatMap((target) =>
    Array.from({ length: loopsPerSecret }, async (_, index) => {
      await pause((index * holdMs) / loopsPerSecret, stopping.signal);
      while (!stopping.signal.aborted) await holdOnce(target);
    }),
  );

  async function holdOnce(target: DemoTarget): Promise<void> {
    const untilMs = Date.now() + holdMs;
    const value = await attempt('reading the secret', () => readSecret(azure, scene, target.secret));
    if (value === undefined) return pause(pauseMs, stopping.signal);
    const key = target.keyIn(value);
    do {
      tally.calls += 1;
      if (key !== target.keyIn(scene.vault.current(target.secret)?.value ?? '')) tally.withOldKey += 1;
      await attempt(`calling ${target.resource.name}`, () => target.call(key).then(assertGood));
      await pause(pauseMs, stopping.signal);
    } while (!stopping.signal.aborted && Date.now() < untilMs);
  }

  async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      tally.failed += 1;
      tally.firstFailure ??= `${doing}: ${String(error)}`;
      return undefined;
    }
  }

  return {
    tally,
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** Without the slash at the end that the app's SDK sends: a fault can tell the two apart. */
async function readSecret({ core }: LocalAzure, { vault }: Scene, name: string): Promise<string> {
  const { token } = await core.tokens.issue('https://vault.azure.net', reader);
  const headers = { authorization: `Bearer ${token}` };
  const response = await assertGood(await fetch(`${vault.uri}/secrets/${name}?api-version=2025-07-01`, { headers }));
  const { value } = (await response.json()) as { value: string };
  return value;
}

async function assertGood(response: Response): Promise<Response> {
  if (response.ok) {
    if (response.status === 202) await response.body?.cancel();
    return response;
  }
  await response.body?.cancel(); // a refusal may repeat the signature
  throw new Error(String(response.status));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
