import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalAzure, Vault } from '../azure-emulator/src/index.ts';
import { currentKey } from './targets.ts';
import type { DemoTarget } from './targets.ts';

/** An application that reads a secret, holds it for a while, calls with it without pause and never retries. */
export interface Consumer {
  readonly name: string;
  readonly vault: Vault;
  readonly target: DemoTarget;
  readonly read: () => Promise<string>;
  readonly holdMs: number;
  /** How long it waits before it reads for the first time. */
  readonly delayMs?: number;
}

/** What one consumer did. */
export interface ConsumerRecord {
  calls: number;
  /** Calls with a key that was no longer the current one of the secret. */
  callsWithOldKey: number;
  readonly failures: { readonly atMs: number; readonly reason: string }[];
  /** The keys that it has read, and when it read each for the first time. */
  readonly keys: { readonly atMs: number; readonly key: string }[];
}

/** The sum over all consumers. */
export interface Tally {
  readonly calls: number;
  readonly callsWithOldKey: number;
  readonly failed: number;
  readonly firstFailure: string | undefined;
}

export interface Consumers {
  readonly records: readonly ConsumerRecord[];
  readonly tally: Tally;
  stop(): Promise<void>;
}

const pauseMs = 100;
const reader = { clientId: 'c0450000-0000-4000-8000-000000000001', objectId: 'c0450000-0000-4000-8000-000000000002' };

/** Starts consumers, which call until they are stopped or the signal is aborted. */
export function startConsumers(consumers: readonly Consumer[], ended?: AbortSignal): Consumers {
  const stopping = new AbortController();
  const signal = ended ? AbortSignal.any([stopping.signal, ended]) : stopping.signal;
  const records = consumers.map((): ConsumerRecord => ({ calls: 0, callsWithOldKey: 0, failures: [], keys: [] }));
  const loops = consumers.map(async (consumer, index) => {
    const record = records[index];
    await pause(consumer.delayMs ?? 0, signal);
    while (record && !signal.aborted) await readAndCall(consumer, record, signal);
  });
  return {
    records,
    get tally() {
      return tallyOf(records);
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

function tallyOf(records: readonly ConsumerRecord[]): Tally {
  const failures = records.flatMap((record) => record.failures).toSorted((one, other) => one.atMs - other.atMs);
  return {
    calls: records.reduce((sum, { calls }) => sum + calls, 0),
    callsWithOldKey: records.reduce((sum, { callsWithOldKey }) => sum + callsWithOldKey, 0),
    failed: failures.length,
    firstFailure: failures[0]?.reason,
  };
}

/** Makes consumers that read the secret from the vault. Their reads are spread evenly over the time they hold it. */
export function vaultReaders(
  { azure, vault }: { readonly azure: LocalAzure; readonly vault: Vault },
  target: DemoTarget,
  { holdMs, count }: { readonly holdMs: number; readonly count: number },
): Consumer[] {
  const read = () => readSecret(azure, vault, target.secret);
  return Array.from({ length: count }, (_, index) => {
    return { name: `reader ${index + 1}`, vault, target, read, holdMs, delayMs: (index * holdMs) / count };
  });
}

/** The app's SDK asks with a slash at the end of the path and this reader without, so that a fault can strike one. */
async function readSecret({ core }: LocalAzure, vault: Vault, name: string): Promise<string> {
  const { token } = await core.tokens.issue('https://vault.azure.net', reader);
  const headers = { authorization: `Bearer ${token}` };
  const response = await assertOk(await fetch(`${vault.uri}/secrets/${name}?api-version=2025-07-01`, { headers }));
  const { value } = (await response.json()) as { value: string };
  return value;
}

async function readAndCall(consumer: Consumer, record: ConsumerRecord, signal: AbortSignal): Promise<void> {
  const { vault, target, holdMs } = consumer;
  const untilMs = Date.now() + holdMs;
  const value = await recordFailure(record, 'reading the secret', consumer.read);
  if (value === undefined) return pause(pauseMs, signal);
  const key = target.keyIn(value);
  if (record.keys.at(-1)?.key !== key) record.keys.push({ atMs: Date.now(), key });
  do {
    record.calls += 1;
    if (key !== currentKey(vault, target)) record.callsWithOldKey += 1;
    await recordFailure(record, `calling ${target.resource.name}`, async () => {
      const response = await assertOk(await target.call(key));
      await response.arrayBuffer(); // a connection is reused once its response is read
    });
    await pause(pauseMs, signal);
  } while (!signal.aborted && Date.now() < untilMs);
}

async function recordFailure<T>(record: ConsumerRecord, doing: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    record.failures.push({ atMs: Date.now(), reason: `${doing}: ${String(error)}` });
    return undefined;
  }
}

async function assertOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  await response.arrayBuffer(); // read, but not shown: it may repeat the signature
  throw new Error(String(response.status));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
