import { EventEmitter, once } from 'node:events';
import { SecretClient } from '@azure/keyvault-secrets';
import type { Effect } from '../src/shared/faults.ts';
import { credential } from '../src/shells/inProcess.ts';
import { errorOf, startWithVault } from './support.ts';

/** The client has its token already, so that the fault applies to the next request. */
async function warm(onStop?: () => void) {
  const world = await startWithVault(onStop);
  world.vault.setSecret('warm', '1');
  await world.client.getSecret('warm');
  return world;
}

const cuts: [string, Effect, number][] = [
  ['a reset comes before the effect', { kind: 'reset' }, 0],
  ['a lost response comes after it', { kind: 'lost-response' }, 1],
];

test.each(cuts)('%s, and the client sees its connection reset', async (_sentence, effect, versions) => {
  const { azure, client, vault } = await warm();
  const fault = azure.core.faults.plan({ operation: 'setSecret', effect });
  await expect(client.setSecret('s', '1')).rejects.toMatchObject({ name: 'RestError', code: 'ECONNRESET' });
  expect(vault.versions('s')).toHaveLength(versions);
  expect(fault.fired).toBe(1);
  expect(azure.core.journal.calls.at(-1)).toMatchObject({ fault: effect.kind, status: versions ? 200 : undefined });
});

test.each([
  ['before', 0],
  ['after', 1],
] as const)('a stop %s the effect gets no answer, and the shell is notified', async (when, versions) => {
  const shell = new EventEmitter();
  const { azure, client, vault } = await warm(() => shell.emit('stop'));
  const stopped = once(shell, 'stop').then(() => 'stopped');
  azure.core.faults.plan({ operation: 'setSecret', effect: { kind: 'stop', when } });
  const answered = client.setSecret('s', '1').then(() => 'answered');
  expect(await Promise.race([answered, stopped])).toBe('stopped');
  expect(vault.versions('s')).toHaveLength(versions);
});

test('a status fault replaces the effect once, with its headers', async () => {
  const { azure, client, vault } = await warm();
  const effect: Effect = { kind: 'status', status: 429, headers: { 'Retry-After': '3' } };
  azure.core.faults.plan({ operation: 'setSecret', effect });
  expect(await errorOf(client.setSecret('s', '1'))).toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
  expect(azure.core.journal.calls.at(-1)?.response?.headers['retry-after']).toBe('3');
  await client.setSecret('s', '2');
  expect(vault.versions('s').map(({ value }) => value)).toEqual(['2']);
});

test('a fault applies to the nth matching call, a lasting one until it is removed', async () => {
  const { azure, client } = await warm();
  const effect: Effect = { kind: 'status', status: 503 };
  const second = azure.core.faults.plan({ path: /warm/, nth: 2, lasting: true, effect });
  await client.getSecret('warm');
  expect(await errorOf(client.getSecret('warm'))).toMatchObject({ statusCode: 503 });
  expect(await errorOf(client.getSecret('warm'))).toMatchObject({ statusCode: 503 });
  second.remove();
  await client.getSecret('warm');
  expect(second.fired).toBe(2);
});

test('a delay longer than the client’s timeout aborts the call but not its effect', async () => {
  const { azure, clock, vault, httpClient } = await warm();
  const withTimeout = {
    ...httpClient,
    sendRequest: (request: Parameters<typeof httpClient.sendRequest>[0]) => {
      request.timeout = 10_000;
      return httpClient.sendRequest(request);
    },
  };
  const options = { httpClient: withTimeout, retryOptions: { maxRetries: 0 } };
  const client = new SecretClient(vault.uri, credential(azure), options);
  await client.getSecret('warm');
  azure.core.faults.plan({ operation: 'setSecret', effect: { kind: 'delay', ms: 60_000 } });
  await expect(client.setSecret('s', '1')).rejects.toMatchObject({ name: 'AbortError' });
  expect(clock.now()).toEqual(new Date('2026-03-01T12:01:00.750Z'));
  expect(vault.versions('s')).toHaveLength(1);
});

const duplicates: [string, Effect, number][] = [
  ['after two further requests', { kind: 'duplicate-later', afterRequests: 2 }, 0],
  ['after a minute', { kind: 'duplicate-later', afterMs: 60_000 }, 60_000],
];

test.each(duplicates)(
  'a duplicate arrives %s and undoes what came in between',
  async (_sentence, effect, advanceMs) => {
    const { azure, clock, client, vault } = await warm();
    azure.core.faults.plan({ operation: 'setSecret', effect });
    await client.setSecret('s', 'old');
    await client.setSecret('s', 'new');
    await client.getSecret('warm');
    expect(vault.current('s')?.value).toBe('new');
    clock.advance(advanceMs);
    await client.getSecret('warm');
    expect(vault.current('s')?.value).toBe('old');
    expect(azure.core.journal.calls.filter(({ duplicate }) => duplicate)).toHaveLength(1);
  },
);

test('error bodies can echo the request', async () => {
  const { azure, client, vault } = await warm();
  azure.core.faults.echoKeys = true;
  vault.rules.denied.set('setSecret', 'ForbiddenByRbac');
  await expect(client.setSecret('s', 'the-key')).rejects.toThrow(/Bearer ey.*the-key/);
});

test('the journal calls its listeners for every finished call', async () => {
  const { azure, client } = await warm();
  const received: (number | undefined)[] = [];
  const end = azure.core.journal.on(({ status }) => received.push(status));
  await client.getSecret('warm');
  end();
  await client.getSecret('warm');
  expect(received).toEqual([200]);
});

test('an unknown authority gets 404 and is recorded as unmatched', async () => {
  const { azure } = await warm();
  const response = await azure.handle(new Request('https://nobody.example.org/'));
  expect(response.status).toBe(404);
  expect(azure.core.journal.calls.at(-1)).toMatchObject({ service: 'unmatched', operation: 'unmatched', status: 404 });
});

test('an abort by the caller ends the wait', async () => {
  const { client } = await warm();
  const abort = new AbortController();
  abort.abort();
  await expect(client.getSecret('warm', { abortSignal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
});
