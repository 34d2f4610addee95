import {
  createLocalAzure,
  identityAt,
  manualClock,
  principalsOf,
  type BatchAccount,
  type LocalAzure,
  type PolicyDocument,
  type Vault,
  type Version,
} from '../../../infra/azure-emulator/src/index.ts';
import { nameTarget } from '../../../infra/demo/targets.ts';
import { day, hour, later, minute, second } from '../../../lib/model/clock.ts';
import { emptyState, type Mode, type State } from '../../../lib/model/state.ts';
import { settingsFrom } from '../../../lib/settings.ts';
import { stateFrom } from '../../../lib/tags/stateTags.ts';
import type { VersionKind } from '../catalog.ts';
import { createDriver, type Driver } from '../driver.ts';
import { oldContainer } from '../memoryBlobs.ts';
import { createNetwork, type Network } from '../network.ts';
import type { Platform } from '../process.ts';
import { place } from '../resource.ts';
import { observeVersions, type VersionObserver } from './invariants.ts';

/** The key or certificate that a secret follows, for a person who works on it. */
interface Followed {
  readonly url: string;
  readonly name: string;
  versions(): readonly Version[];
  make(createdOn?: Date): Promise<string>;
  set(
    changes: Pick<Version, 'tags'> & { readonly enabled?: boolean; readonly expiresOn?: Date },
    version?: string,
  ): void;
}

/** A secret that is a target, and the account it is about. */
export interface Follower {
  readonly secret: string;
  readonly account: BatchAccount;
}

export interface VersionOptions {
  /** How many accounts follow the same key or certificate. */
  readonly accounts?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** An emergency will declare that what is live leaked: then a certificate's file is ended without being asked. */
  readonly leak?: Mode;
}

/** The resources and secrets before the app runs. */
export interface VersionWorkload {
  readonly kind: VersionKind;
  readonly azure: LocalAzure;
  readonly vault: Vault;
  readonly followed: Followed;
  /** What the target may follow in place of it. */
  readonly other: Followed;
  readonly followers: readonly Follower[];
  readonly overlapMs: number;
  readonly leak: Mode | undefined;
}

/** Targets of one kind on the local Azure, the app as it ships around the real SDK clients, and an observer. */
export interface VersionSimulation extends VersionWorkload, Driver {
  readonly network: Network;
  readonly observer: VersionObserver;
  readonly lines: readonly string[];
  readonly platform: Platform;
  now(): Date;
  state(secret: string): State;
  pass(ms: number): Promise<void>;
  /** A person acts right before the request with this number. */
  before(at: number, act: () => unknown): void;
  /** The person who was planned has acted. */
  hasActed(): boolean;
}

const overlap = { text: 'PT10M', ms: 10 * minute };
/** How long after it was sent a request may still take effect. */
const requestLifetimeMs = 120_000;
/** After a crash the next process starts when the lease of the last one is over. */
const restartMs = 65 * second;

export async function createVersionSimulation(
  kind: VersionKind,
  options: VersionOptions = {},
): Promise<VersionSimulation> {
  const workload = await createWorkload(kind, options);
  const { azure, vault } = workload;
  const { clock } = azure;
  const lines: string[] = [];
  let planned: { readonly at: number; act(): unknown } | undefined;
  async function actBefore(at: number): Promise<void> {
    if (!planned || planned.at > at) return;
    const { act } = planned;
    planned = undefined;
    await act();
    observer.recordOther();
  }
  const network = createNetwork({ clock, requestLifetimeMs, before: actBefore });
  const platform: Platform = {
    azure,
    network,
    settings: settingsFrom({
      KEYTURN_VAULTS: vault.uri,
      KEYTURN_MODE: 'rotate',
      KEYTURN_OVERLAP: overlap.text,
      KEYTURN_ADOPTION_GRACE: 'PT0S',
      AzureWebJobsStorage__accountName: 'storage',
    }),
    leases: oldContainer(),
    claims: oldContainer(),
    write: (line) => lines.push(line),
  };
  async function pass(ms: number): Promise<void> {
    clock.advance(ms);
    await network.deliverDue();
  }
  const observer = observeVersions(workload, network);
  return {
    ...workload,
    ...createDriver(platform, network, () => pass(restartMs)),
    ...{ network, observer, lines, platform, pass },
    now: () => clock.now(),
    state: (secret) => {
      const read = stateFrom(vault.current(secret)?.tags ?? {});
      return typeof read === 'string' ? emptyState : read;
    },
    before: (at, act) => {
      planned = { at, act };
    },
    hasActed: () => planned === undefined,
  };
}

const ageDays = 61;

async function createWorkload(kind: VersionKind, options: VersionOptions): Promise<VersionWorkload> {
  const { accounts = 1, tags = {}, leak } = options;
  const azure = await createLocalAzure({ clock: manualClock(new Date('2026-03-02T01:00:00Z')) });
  const vault = await azure.keyVault.createVault('vault');
  vault.purgeProtection = true;
  const create = kind === 'batch-cmk' ? followKey : followCertificate;
  const [followed, other] = [create(vault, 'followed'), create(vault, 'other')];
  for (const { make } of [followed, other]) await make(later(azure.clock.now(), -ageDays * day));
  const first = `${followed.url}/${followed.versions()[0]?.version ?? ''}`;
  const followers: Follower[] = [];
  for (const secret of ['target', 'another'].slice(0, accounts)) {
    const account = await createAccount(kind, azure, vault, secret, first);
    const own = { team: ownTeam, RotationKind: kind, ProviderAddress: account.id, ValidityPeriodDays: '90' };
    vault.setSecret(secret, first, { tags: { ...own, ...tags }, contentType: 'text/plain' });
    nameTarget(vault, { secret, resource: account, identifier: first });
    followers.push({ secret, account });
  }
  const gracefulMs = kind === 'batch-cmk' ? 25 * hour : overlap.ms;
  const overlapMs = leak === 'immediate' ? 5 * minute : gracefulMs;
  return { kind, azure, vault, followed, other, followers, overlapMs, leak };
}

/** A tag as the owner wrote it. */
export const ownTeam = 'rendering';

function followKey(vault: Vault, name: string): Followed {
  return {
    name,
    url: `${vault.uri}/keys/${name}`,
    versions: () => vault.keys.versions(name),
    make: (createdOn) => Promise.resolve(vault.createKey(name, createdOn ? { createdOn } : {}).version),
    set: (changes, version) => void vault.keys.update(name, changes, version),
  };
}

const policy = {
  x509_props: { subject: 'CN=node', sans: { dns_names: ['node.example'] }, validity_months: 12 },
  key_props: { kty: 'EC' },
  issuer: { name: 'Self' },
  lifetime_actions: [{ trigger: { days_before_expiry: 30 }, action: { action_type: 'EmailContacts' } }],
} satisfies PolicyDocument;

function followCertificate(vault: Vault, name: string): Followed {
  const { certificates } = vault;
  const versions = () => certificates.versions(name);
  return {
    ...{ name, versions, url: `${vault.uri}/certificates/${name}` },
    make: async (createdOn) => {
      const found = certificates.list('active').find((each) => each.name === name);
      if (found?.pending?.status === 'inProgress') return '';
      await vault.createCertificate(name, policy, createdOn ? { createdOn } : {});
      return versions().at(-1)?.version ?? '';
    },
    set: (changes, version) => void certificates.update(name, changes, version),
  };
}

const poolIdentity = `/subscriptions/${place.subscriptionId}/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/pools`;

async function createAccount(
  kind: VersionKind,
  azure: LocalAzure,
  vault: Vault,
  name: string,
  first: string,
): Promise<BatchAccount> {
  if (kind === 'batch-cmk') {
    const identity = { type: 'SystemAssigned' } as const;
    const account = await azure.createBatchAccount({ ...place, name, identity, cmkAllowed: true });
    const grants = new Set(['get', 'wrapKey', 'unwrapKey'] as const);
    for (const principal of principalsOf(account.identity)) vault.grants.set(principal, grants);
    encryptWith(account, first);
    return account;
  }
  const account = await azure.createBatchAccount({ ...place, name });
  azure.createPool(account, {
    name: 'nodes',
    nodes: 2,
    extensions: [certificateExtension(`${vault.uri}/secrets/followed`)],
    identities: [poolIdentity],
  });
  return account;
}

/** The Key Vault extension of a pool, which brings a certificate to its nodes. */
function certificateExtension(observed: string) {
  const msiEndpoint = 'http://169.254.169.254/metadata/identity';
  return {
    name: 'certificates',
    publisher: 'Microsoft.Azure.KeyVault',
    type: 'KeyVaultForLinux',
    typeHandlerVersion: '3.0',
    autoUpgradeMinorVersion: true,
    settings: {
      secretsManagementSettings: {
        observedCertificates: [observed],
        pollingIntervalInS: '3600',
        requireInitialSync: true,
      },
      authenticationSettings: { msiEndpoint, msiClientId: identityAt(poolIdentity).clientId },
    },
  };
}

export function encryptWith(account: BatchAccount, keyIdentifier: string): void {
  account.encryption = { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } };
  account.customerKey.refresh();
}

export function keyInUse({ encryption }: BatchAccount): string {
  const isOwn = encryption.keySource === 'Microsoft.KeyVault';
  return isOwn ? encryption.keyVaultProperties.keyIdentifier : 'Microsoft.Batch';
}

export function valueOf({ vault }: Pick<VersionWorkload, 'vault'>, secret: string): string {
  return vault.current(secret)?.value ?? '';
}

export function tagsOf({ vault }: Pick<VersionWorkload, 'vault'>, secret: string): Readonly<Record<string, string>> {
  return vault.current(secret)?.tags ?? {};
}
