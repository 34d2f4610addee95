import type { NewBatchAccount } from '../../src/arm/batch/state.ts';
import type { NewSignalR } from '../../src/arm/signalr/state.ts';
import { createLocalAzure } from '../../src/emulator.ts';
import { manualClock } from '../../src/shared/clock.ts';
import { credential, inProcessHttpClient } from '../../src/shells/inProcess.ts';

export const subscriptionId = '5ab5c000-0000-4000-8000-000000000001';
const place = { subscriptionId, resourceGroup: 'Group', location: 'westeurope' };

/** The local Azure with a clock that stands still, the real clients' options, and a way to call it by hand. */
export async function bench() {
  const azure = await createLocalAzure({ clock: manualClock(new Date('2026-11-22T10:00:00Z')) });
  return {
    ...azure,
    credential: credential(azure),
    options: { httpClient: inProcessHttpClient(azure), retryOptions: { maxRetries: 0 } },
    newBatch: (wanted: Partial<NewBatchAccount> = {}) =>
      azure.createBatchAccount({ ...place, name: 'acct', ...wanted }),
    newSignalR: (wanted: Partial<NewSignalR> = {}) => azure.createSignalR({ ...place, name: 'sig', ...wanted }),
    async callArm(method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) {
      const { token } = await azure.core.tokens.issue(azure.armEndpoint);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers };
      return azure.handle(new Request(azure.armEndpoint + path, { method, ...init, headers }));
    },
  };
}

export type Bench = Awaited<ReturnType<typeof bench>>;

/** The code of a refused call of an SDK client. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}
