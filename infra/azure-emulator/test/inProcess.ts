import { RestError } from '@azure/core-rest-pipeline';
import { SecretClient } from '@azure/keyvault-secrets';
import { createLocalAzure } from '../src/emulator.ts';
import { manualClock } from '../src/shared/clock.ts';
import { credential, inProcessHttpClient } from '../src/shells/inProcess.ts';

/** A local Azure with one vault at a fixed time, and the real client, whose own retries are off. */
export async function withVault(onStop: () => unknown = () => undefined) {
  const clock = manualClock(new Date('2026-03-01T12:00:00.750Z'));
  const azure = await createLocalAzure({ clock });
  const vault = await azure.keyVault.createVault('kv1');
  const httpClient = inProcessHttpClient(azure, { onStop });
  const options = { httpClient, retryOptions: { maxRetries: 0 } };
  const client = new SecretClient(vault.uri, credential(azure), options);
  return { azure, clock, vault, client, httpClient };
}

/** What a call came to: its status and Key Vault's two codes. */
export async function refusalOf(work: Promise<unknown>): Promise<object> {
  const error: unknown = await work.then(
    () => new Error('It was not refused.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RestError)) throw error;
  const { error: body } = error.details as { error: { code: string; innerError?: { code: string } } };
  return { statusCode: error.statusCode, code: body.code, inner: body.innerError?.code };
}

export async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of pages) all.push(each);
  return all;
}
