import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { graph } from '../lib/graph.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { keysAt } from '../infra/local/azure/arm/keys.ts';
import { systemClock } from '../infra/local/azure/clock.ts';
import type { Effect } from '../infra/local/azure/faults.ts';
import { credential } from '../infra/local/azure/shells/inProcess.ts';
import { listeningAzure, type ListeningAzure } from '../infra/local/azure/shells/tls.ts';
import { clients } from '../lib/clients.ts';
import { Sealed } from '../lib/model/sealed.ts';
import { blank } from '../lib/model/state.ts';
import { spare, type Target } from '../lib/model/target.ts';
import type { View } from '../lib/providers/provider.ts';
import { providers } from '../lib/providers/registry.ts';
import { vault, type Vault } from '../lib/targets/vault.ts';

const place = { subscriptionId: '00000000-0000-4000-8000-000000000000', resourceGroup: 'g', location: 'westeurope' };
const wishes = {
  validityMs: 90 * 86_400_000,
  settleMs: 0,
  paused: false,
  proof: 'required',
  consumers: 'proceed',
} as const;

let folder: string;
let local: ListeningAzure;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-socket-'));
  local = await listeningAzure({ clock: systemClock(), folder });
  tls.setDefaultCACertificates([local.certificates.ca]);
});

afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

/** The app's own hands, over TLS, with tokens and a challenge behind them. */
async function hands(name: string) {
  const { azure } = local;
  const { uri, setSecret } = await azure.keyVault.createVault(name);
  const batch = await azure.createBatchAccount({ ...place, name: `${name}b` });
  const signalR = await azure.createSignalR({ ...place, name: `${name}s`, regenerateMs: 0 });
  const settings = { armEndpoint: azure.armEndpoint, armAudience: 'https://management.azure.com' };
  const all = clients(credential(azure), createDefaultHttpClient(), settings);
  const secrets = vault(all);
  const registry = providers({ clients: all, graph: graph(all.arm), random: randomBytes });
  async function regenerate(kind: string, resource: typeof batch | typeof signalR): Promise<unknown> {
    const standby = spare('Secondary', 'Primary', 'Primary');
    if (!standby) throw new Error('No standby.');
    const target = { secret: { vaultUrl: uri, name: kind }, kind, resource: resource.id, wishes };
    return registry.of(kind)?.generate(await viewOf(secrets, target), standby);
  }
  for (const kind of ['batch-key', 'signalr-key', 'value']) setSecret(kind, keysAt(batch, 0).Primary);
  await secrets.read({ vaultUrl: uri, name: 'value' });
  return {
    'batch.regenerateKey': () => regenerate('batch-key', batch),
    'signalr.regenerateKey': () => regenerate('signalr-key', signalR),
    setSecret: () => secrets.set({ vaultUrl: uri, name: 'value' }, { value: new Sealed('next'), tags: {} }),
  };
}

async function viewOf(secrets: Vault, target: Target): Promise<View> {
  return { target, secret: await secrets.read(target.secret), state: blank, now: new Date() };
}

const effects: readonly [string, Effect][] = [
  ['the answer is lost', { kind: 'lost-response' }],
  ['the connection is reset', { kind: 'reset' }],
  ['the answer is 429', { kind: 'status', status: 429, headers: { 'Retry-After': '0' } }],
  ['the answer is 500', { kind: 'status', status: 500 }],
  ['the answer is 503', { kind: 'status', status: 503, headers: { 'Retry-After': '0' } }],
];
const operations = ['batch.regenerateKey', 'signalr.regenerateKey', 'setSecret'] as const;
const cases = operations.flatMap((operation) => effects.map(([what, effect]) => ({ operation, what, effect })));

test.each(cases)('$operation arrives once when $what', async ({ operation, what, effect }) => {
  const { core } = local.azure;
  const acts = await hands(`v${cases.findIndex((one) => one.operation === operation && one.what === what)}`);
  const fault = core.faults.plan({ operation, effect });
  const before = core.journal.calls.length;
  await expect(acts[operation]()).rejects.toMatchObject({ name: 'Failure' });
  expect(fault.fired).toBe(1);
  expect(core.journal.calls.slice(before).filter((call) => call.operation === operation)).toHaveLength(1);
});
