import { BatchManagementClient } from '@azure/arm-batch';
import { EventGridPublisherClient } from '@azure/eventgrid';
import { SecretClient } from '@azure/keyvault-secrets';
import { RestError } from '@azure/core-rest-pipeline';
import { KeyClient } from '@azure/keyvault-keys';
import { CertificateClient } from '@azure/keyvault-certificates';
import { identityAt } from '../src/arm/batch/identity.ts';
import type { BatchAccount, NewBatchAccount } from '../src/arm/batch/state.ts';
import type { NewSignalR } from '../src/arm/signalr/state.ts';
import { createLocalAzure } from '../src/emulator.ts';
import type { CloudEvent } from '../src/event-grid/cloudEvent.ts';
import type { NewSubscription } from '../src/event-grid/state.ts';
import type { Vault } from '../src/key-vault/state.ts';
import { manualClock } from '../src/shared/clock.ts';
import { credential, inProcessHttpClient } from '../src/shells/inProcess.ts';
import { identityId, subscriptionId } from './keyVaultExtension.ts';

export { subscriptionId } from './keyVaultExtension.ts';

const defaultPlace = { subscriptionId, resourceGroup: 'Group', location: 'westeurope' };

/** Starts the emulator with a manual clock, options for the SDK clients, and a way to call ARM by hand. */
export async function startEmulator() {
  const azure = await createLocalAzure({ clock: manualClock(new Date('2026-11-22T10:00:00Z')) });
  return {
    ...azure,
    credential: credential(azure),
    options: { httpClient: inProcessHttpClient(azure), retryOptions: { maxRetries: 0 } },
    newBatch: (wanted: Partial<NewBatchAccount> = {}) =>
      azure.createBatchAccount({ ...defaultPlace, name: 'acct', ...wanted }),
    newSignalR: (wanted: Partial<NewSignalR> = {}) => azure.createSignalR({ ...defaultPlace, name: 'sig', ...wanted }),
    async callArm(method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) {
      const { token } = await azure.core.tokens.issue(azure.armEndpoint);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers };
      return azure.handle(new Request(azure.armEndpoint + path, { method, ...init, headers }));
    },
  };
}

export type TestEmulator = Awaited<ReturnType<typeof startEmulator>>;

/** The code of a refused call of an SDK client. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

export async function startWithBatch(wanted: Parameters<TestEmulator['newBatch']>[0] = {}, apiVersion = '2024-07-01') {
  const azure = await startEmulator();
  const account = await azure.newBatch(wanted);
  const vault = await azure.keyVault.createVault('kv1');
  const client = new BatchManagementClient(azure.credential, subscriptionId, { ...azure.options, apiVersion });
  return { azure, account, vault, client };
}

export type BatchEmulator = Awaited<ReturnType<typeof startWithBatch>>;

/** An account with a system-assigned identity that may use the first version of a key, and does. */
export async function startWithEncryptedAccount(wanted: Parameters<TestEmulator['newBatch']>[0] = {}) {
  const staged = await startWithBatch({ identity: { type: 'SystemAssigned' }, cmkAllowed: true, ...wanted });
  const { version } = staged.vault.createKey('cmk');
  grantKeyAccess(staged.vault, staged.account);
  const keyIdentifier = `${staged.vault.uri}/keys/cmk`;
  staged.account.encryption = encryptionWith(`${keyIdentifier}/${version}`);
  return { ...staged, keyIdentifier, version };
}

export function encryptionWith(keyIdentifier: string) {
  return { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } } as const;
}

export function grantKeyAccess(vault: Vault, { identity }: BatchAccount): void {
  const principal = identity.type === 'SystemAssigned' ? identity.principalId : identityAt(identityId).principalId;
  vault.grants.set(principal, new Set(['get', 'wrapKey', 'unwrapKey']));
}

/** A query's answer, or its error, with the status it came with. */
interface QueryAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly totalRecords: number;
  readonly count: number;
  readonly data: readonly Record<string, unknown>[];
  readonly resultTruncated: string;
  readonly $skipToken?: string;
  readonly error?: { readonly code: string; readonly details: readonly Record<string, unknown>[] };
}

interface GraphEmulator extends TestEmulator {
  query(query: string, more?: object): Promise<QueryAnswer>;
}

/** The emulator with a way to ask Resource Graph. */
export async function startWithGraph(): Promise<GraphEmulator> {
  const azure = await startEmulator();
  async function query(text: string, more: object = {}): Promise<QueryAnswer> {
    const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
    const answer = await azure.callArm('POST', path, { body: JSON.stringify({ query: text, ...more }) });
    return { ...((await answer.json()) as QueryAnswer), status: answer.status, headers: answer.headers };
  }
  return { ...azure, query };
}

export const place = { subscriptionId, resourceGroup: 'Group', location: 'westeurope' };
export const groupId = `/subscriptions/${subscriptionId}/resourceGroups/Group`;

/** The emulator with a vault that holds one secret. */
export async function startWithSecret() {
  const azure = await startEmulator();
  const vault = await azure.keyVault.createVault('myvault');
  const first = vault.setSecret('key', 'old');
  azure.clock.advance(10_000);
  return { ...azure, vault, first };
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const dayMs = 1_440 * minuteMs;
export const endpoint = {
  kind: 'function',
  url: 'https://app/runtime/webhooks/eventgrid?functionName=f&code=c',
} as const;
const resourceGroup = 'Group';
const eventGroupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;

interface ReceivedEvent {
  readonly at: Date;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The local Azure with a vault, a custom topic and a function app in the same process that hears everything. */
export async function startWithEvents() {
  const azure = await startEmulator();
  const vault = await azure.keyVault.createVault('kv', { subscriptionId, resourceGroup });
  const topic = await azure.eventGrid.createTopic('topic', eventGroupId);
  const received: ReceivedEvent[] = [];
  const receiver = { answer: (): Promise<Response> | Response => new Response(null, { status: 202 }) };
  azure.eventGrid.settings.deliver = async (request) => {
    const body = (await request.json()) as [{ data: { validationCode: string } }];
    if (request.headers.get('aeg-event-type') === 'SubscriptionValidation') {
      return Response.json({ validationResponse: body[0].data.validationCode });
    }
    received.push({ at: azure.clock.now(), headers: request.headers, body });
    return receiver.answer();
  };
  const client = new EventGridPublisherClient(topic.endpoint, 'CloudEvent', azure.credential, azure.options);
  return {
    ...azure,
    group: eventGroupId,
    vault,
    topic,
    received,
    receiver,
    subscribe: (wanted: Partial<NewSubscription> = {}) =>
      azure.eventGrid.subscribe({ name: 'sub', source: topic.id, schema: 'CloudEventSchemaV1_0', endpoint, ...wanted }),
    send: (type = 'Some.Thing', data: object = {}) =>
      client.send([{ id: type, type, source: '/here', subject: 'a/b', data }]),
    /** Lets time pass to whatever is due next, so often. */
    async pass(times: number): Promise<void> {
      for (let time = 0; time < times; time += 1) {
        const next = azure.eventGrid.nextDue();
        if (next) azure.clock.advance(next.getTime() - azure.clock.now().getTime());
        await azure.eventGrid.pump();
      }
    },
    types: () => azure.eventGrid.deliveries.map(({ event }: { event: CloudEvent }) => event.type),
  };
}

export type EventsEmulator = Awaited<ReturnType<typeof startWithEvents>>;

/** A local Azure with one vault at a fixed time, and the real client, whose own retries are off. */
export async function startWithVault(onStop: () => unknown = () => undefined) {
  const clock = manualClock(new Date('2026-03-01T12:00:00.750Z'));
  const azure = await createLocalAzure({ clock });
  const vault = await azure.keyVault.createVault('kv1');
  const httpClient = inProcessHttpClient(azure, { onStop });
  const options = { httpClient, retryOptions: { maxRetries: 0 } };
  const client = new SecretClient(vault.uri, credential(azure), options);
  return { azure, clock, vault, client, httpClient };
}

/** What a call came to: its status and Key Vault's two codes. */
export async function errorOf(work: Promise<unknown>): Promise<object> {
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

/** A vault at a fixed time with the real clients of keys and certificates. */
export async function startWithClients() {
  const emulator = await startWithVault();
  const { azure, clock, vault, httpClient } = emulator;
  const options = { httpClient, retryOptions: { maxRetries: 0 } };
  return {
    ...emulator,
    keys: new KeyClient(vault.uri, credential(azure), options),
    certificates: new CertificateClient(vault.uri, credential(azure), options),
    inDays: (days: number) => new Date(clock.now().getTime() + days * dayMs),
    /** A request by hand, for what the clients do not send. */
    async call(method: string, path: string, body?: object) {
      const { token } = await azure.core.tokens.issue('https://vault.azure.net');
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const url = `${vault.uri}${path}?api-version=2025-07-01`;
      const response = await azure.handle(
        new Request(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }),
      );
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}

/** A policy of a quick kind of key. */
export const certificatePolicy = {
  x509_props: { subject: 'CN=node', sans: { dns_names: ['node.example'] }, validity_months: 12 },
  key_props: { kty: 'EC' as const },
  issuer: { name: 'Self' },
};

export async function startWithCertificate(wanted: object = {}) {
  const emulator = await startWithClients();
  const certificate = await emulator.vault.createCertificate('c', { ...certificatePolicy, ...wanted });
  return { ...emulator, certificate, pathOf: (index: number) => `c/${certificate.versions[index]?.version ?? ''}` };
}
