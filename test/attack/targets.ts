import {
  principalsOf,
  type BatchAccount,
  type LocalAzure,
  type PolicyDocument,
  type SignalRService,
  type Vault,
} from '../../infra/azure-emulator/src/index.ts';
import { createObservingPool } from '../../infra/demo/stories/poolCertificate.ts';
import {
  batchTarget,
  dayMs,
  putSecret,
  signalRTarget,
  versionTarget,
  type DemoTarget,
} from '../../infra/demo/targets.ts';
import { later, minute } from '../../lib/model/clock.ts';
import type { AttackTarget, Kind } from './world.ts';

/** A target, and how its consumers call over HTTPS. */
export type SeededTarget = AttackTarget & Pick<DemoTarget, 'call'>;

export interface Seeded {
  readonly vaults: readonly Vault[];
  readonly targets: readonly SeededTarget[];
  readonly subscriptionIds: readonly string[];
}

/** Of 25 targets. */
const shares: Readonly<Record<Kind, number>> = {
  'batch-key': 12,
  'signalr-key': 9,
  'batch-cmk': 2,
  'pool-certificate': 2,
};
const turns = (Object.entries(shares) as [Kind, number][]).flatMap(([kind, share]) => Array<Kind>(share).fill(kind));

/** The overlaps, in units. */
const overlaps = [35, 45, 60];

/** The limits of Resource Manager count by subscription. */
const subscriptionIds = [1, 2, 3, 4, 5, 6].map((nth) => `a77ac000-0000-4000-8000-00000000000${nth}`);

const certificatePolicy = {
  x509_props: { subject: 'CN=node', validity_months: 12 },
  key_props: { kty: 'EC' },
  issuer: { name: 'Self' },
  lifetime_actions: [{ trigger: { days_before_expiry: 30 }, action: { action_type: 'EmailContacts' } }],
} satisfies PolicyDocument;

/** Creates so many targets of all kinds, none of them due. */
export async function seedTargets(azure: LocalAzure, count: number, unitMs: number): Promise<Seeded> {
  const vaults: Vault[] = [];
  for (const name of ['attacked1', 'attacked2', 'attacked3']) vaults.push(await azure.keyVault.createVault(name));
  const targets: SeededTarget[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const vault = vaults[nth % vaults.length];
    if (vault) targets.push(await seedTarget({ azure, vault, unitMs, nth }));
  }
  for (const vault of vaults) vault.purgeProtection = true;
  return { vaults, targets, subscriptionIds };
}

interface Seed {
  readonly azure: LocalAzure;
  readonly vault: Vault;
  readonly unitMs: number;
  readonly nth: number;
}

async function seedTarget(seed: Seed): Promise<SeededTarget> {
  const { azure, vault, unitMs, nth } = seed;
  const kind = turns[(nth * 7) % turns.length] ?? 'batch-key';
  const name = `${kind}-${nth}`;
  const demo = await demoTarget(seed, kind, name);
  const overlapMs = unitMs * (overlaps[nth % overlaps.length] ?? 45);
  const createdOn = later(azure.clock.now(), -10 * dayMs);
  putSecret(vault, demo, { overlapMs, createdOn, expiresOn: later(createdOn, 90 * dayMs) });
  const { resource, sourceObject, keyIn, firstValue, call } = demo;
  const valueWith = (key: string) => firstValue.replace(keyIn(firstValue), key);
  return { name, kind, vault, resource, overlapMs, sourceObject, keyIn, valueWith, call };
}

function demoTarget(seed: Seed, kind: Kind, name: string): Promise<DemoTarget> {
  switch (kind) {
    case 'batch-key':
      return newBatch(seed).then((account) => batchTarget(name, account));
    case 'signalr-key':
      return newSignalR(seed).then((service) => signalRTarget(name, service));
    case 'batch-cmk':
      return newCustomerKey(seed, name);
    case 'pool-certificate':
      return newPoolCertificate(seed, name);
  }
}

function placeOf({ nth }: Seed) {
  const subscriptionId = subscriptionIds[nth % subscriptionIds.length] ?? '';
  return { subscriptionId, resourceGroup: 'attack', location: 'westeurope' };
}

/** A new key works only seconds later. */
function timingOf({ unitMs }: Seed) {
  return { acceptAfterMs: Math.min(5_000, 2 * unitMs) };
}

function newBatch(seed: Seed): Promise<BatchAccount> {
  return seed.azure.createBatchAccount({ ...placeOf(seed), name: `account${seed.nth}`, timing: timingOf(seed) });
}

function newSignalR(seed: Seed): Promise<SignalRService> {
  const regenerateMs = Math.min(20_000, 1.5 * seed.unitMs);
  const name = `service${seed.nth}`;
  return seed.azure.createSignalR({ ...placeOf(seed), name, timing: timingOf(seed), regenerateMs });
}

async function newCustomerKey(seed: Seed, name: string): Promise<DemoTarget> {
  const { azure, vault, nth } = seed;
  vault.purgeProtection = true;
  const key = `cmk-${nth}`;
  const { version } = vault.createKey(key, { createdOn: later(azure.clock.now(), -10 * dayMs) });
  const keyIdentifier = `${vault.uri}/keys/${key}/${version}`;
  const encryption = { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } } as const;
  const identity = { type: 'SystemAssigned' } as const;
  const account = await azure.createBatchAccount({ ...placeOf(seed), name: `account${nth}`, identity, encryption });
  for (const id of principalsOf(account.identity)) vault.grants.set(id, new Set(['get', 'wrapKey', 'unwrapKey']));
  return versionTarget(name, account, 'batch-cmk', keyIdentifier);
}

async function newPoolCertificate(seed: Seed, name: string): Promise<DemoTarget> {
  const { azure, vault, unitMs, nth } = seed;
  const certificate = `tls-${nth}`;
  const account = await newBatch(seed);
  const createdOn = later(azure.clock.now(), -10 * dayMs);
  const { versions } = await vault.createCertificate(certificate, certificatePolicy, { createdOn });
  const pollSeconds = Math.ceil(Math.min(5 * minute, 4 * unitMs) / 1_000);
  createObservingPool(azure, account, `${vault.uri}/secrets/${certificate}`, pollSeconds);
  const identifier = `${vault.uri}/certificates/${certificate}/${versions.at(-1)?.version ?? ''}`;
  return versionTarget(name, account, 'pool-certificate', identifier);
}

/** A person makes a new version of the certificate. */
export async function renewCertificate({ vault, sourceObject }: AttackTarget): Promise<void> {
  await vault.createCertificate(sourceObject ?? '', certificatePolicy);
}
