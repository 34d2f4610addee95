import { randomBytes } from 'node:crypto';
import { resourceGraph } from '../../lib/azure/resourceGraph.ts';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { keysAt, type Effect } from '../../infra/azure-emulator/src/index.ts';
import { hour } from '../../lib/model/clock.ts';
import { Sealed } from '../../lib/model/sealed.ts';
import { emptyState } from '../../lib/model/state.ts';
import { revocable, type Target } from '../../lib/model/target.ts';
import type { ProviderInput } from '../../lib/providers/provider.ts';
import { providers } from '../../lib/providers/registry.ts';
import { claims } from '../../lib/stores/claims.ts';
import { vault, type Vault } from '../../lib/stores/vault.ts';
import { emptyContainer, memoryBlobs } from '../simulation/memoryBlobs.ts';
import { options } from '../unit/decide/situation.ts';
import { listen, type Listening } from '../unit/providers/shells.ts';

let local: Listening;

beforeAll(async () => {
  local = await listen();
});

afterAll(() => local.close());

/** The app's providers and vault over TLS, after tokens and a challenge. */
async function createCalls(name: string, http?: HttpClient) {
  const { azure, clients, place } = local.reach(http);
  const { uri, setSecret } = await azure.keyVault.createVault(name);
  const batch = await azure.createBatchAccount({ ...place, name: `${name}b` });
  const signalR = await azure.createSignalR({ ...place, name: `${name}s`, regenerateMs: 0 });
  const secrets = vault(clients);
  const registry = providers({
    ...{ clients, graph: resourceGraph(clients.arm), random: randomBytes },
    ...{ objectVaults: [], claims: claims(memoryBlobs(emptyContainer(), azure.clock)), vault: secrets },
  });
  async function regenerate(kind: string, resource: typeof batch | typeof signalR): Promise<unknown> {
    const standby = revocable('Secondary', 'Primary', 'Primary');
    if (!standby) throw new Error('No standby.');
    const target = { secret: { vaultUrl: uri, name: kind }, kind, resource: resource.id, options };
    return registry.of(kind)?.generate(await viewOf(secrets, target), standby, (request) => request());
  }
  for (const kind of ['batch-key', 'signalr-key', 'value']) setSecret(kind, keysAt(batch, 0).Primary);
  await secrets.read({ vaultUrl: uri, name: 'value' });
  return {
    'batch.regenerateKey': () => regenerate('batch-key', batch),
    'signalr.regenerateKey': () => regenerate('signalr-key', signalR),
    setSecret: () => secrets.set({ vaultUrl: uri, name: 'value' }, { value: new Sealed('next'), tags: {} }),
  };
}

async function viewOf(secrets: Vault, target: Target): Promise<ProviderInput> {
  return { target, secret: await secrets.read(target.secret), state: emptyState, now: new Date() };
}

const nodeHttp = createDefaultHttpClient();

/** Gives up a delayed change sooner than the app does. */
const impatient: HttpClient = {
  sendRequest: (request) => {
    if (request.method !== 'GET') request.timeout = 2_000;
    return nodeHttp.sendRequest(request);
  },
};

const effects: readonly [string, Effect][] = [
  ['the answer is lost', { kind: 'lost-response' }],
  ['the connection is reset', { kind: 'reset' }],
  ['the answer takes too long', { kind: 'delay', ms: hour }],
  ['the answer is 429', { kind: 'status', status: 429, headers: { 'Retry-After': '0' } }],
  ['the answer is 500', { kind: 'status', status: 500 }],
  ['the answer is 503', { kind: 'status', status: 503, headers: { 'Retry-After': '0' } }],
];
const operations = ['batch.regenerateKey', 'signalr.regenerateKey', 'setSecret'] as const;
const cases = operations.flatMap((operation) => effects.map(([what, effect]) => ({ operation, what, effect })));

test.each(cases)('$operation arrives once when $what', async ({ operation, what, effect }) => {
  const { core } = local.azure;
  const name = `v${cases.findIndex((one) => one.operation === operation && one.what === what)}`;
  const acts = await createCalls(name, effect.kind === 'delay' ? impatient : undefined);
  const fault = core.faults.plan({ operation, effect });
  const before = core.journal.calls.length;
  await expect(acts[operation]()).rejects.toMatchObject({ name: 'OperationError' });
  expect(fault.fired).toBe(1);
  expect(core.journal.calls.slice(before).filter((call) => call.operation === operation)).toHaveLength(1);
});
