import { randomBytes } from 'node:crypto';
import {
  armService,
  createArmState,
  createBatchAccount,
  createContainerApp,
  createGraph,
  createHealth,
  createKeyAccess,
  createPoolContext,
  createSignalR,
  createSite,
  seedPool,
} from './arm/index.ts';
import type {
  ArmState,
  BatchAccount,
  ContainerApp,
  Graph,
  Health,
  NewBatchAccount,
  NewContainerApp,
  NewPool,
  NewSignalR,
  NewSite,
  Pool,
  SignalRService,
  Site,
} from './arm/index.ts';
import { batchDataPlane } from './batch-data-plane/index.ts';
import { createEventGrid, eventGridService } from './event-grid/index.ts';
import type { EventGrid } from './event-grid/index.ts';
import { identityHost, identityPath, identityService } from './identity/index.ts';
import type { ManagedIdentity } from './identity/index.ts';
import { createKeyVault, keyVaultService } from './key-vault/index.ts';
import type { KeyVault } from './key-vault/index.ts';
import type { SteerableClock } from './shared/clock.ts';
import type { Core, Service } from './shared/core.ts';
import { createFaults } from './shared/faults.ts';
import { createHandle } from './shared/http.ts';
import type { Handle } from './shared/http.ts';
import { createJournal } from './shared/journal.ts';
import type { ServiceName } from './shared/journal.ts';
import { createTokens } from './shared/tokens.ts';
import { signalrDataPlane } from './signalr-data-plane/index.ts';

interface LocalAzureOptions {
  readonly clock: SteerableClock;
  /** Makes an authority reachable and returns its address. By default authorities keep their names. */
  readonly openAuthority?: Core['openAuthority'];
}

export interface LocalAzure {
  readonly core: Core;
  readonly clock: SteerableClock;
  readonly handle: Handle;
  readonly keyVault: KeyVault;
  readonly arm: ArmState;
  readonly graph: Graph;
  readonly health: Health;
  readonly eventGrid: EventGrid;
  readonly armEndpoint: string;
  createBatchAccount(wanted: NewBatchAccount): Promise<BatchAccount>;
  createPool(account: BatchAccount, wanted: NewPool): Pool;
  createSignalR(wanted: NewSignalR): Promise<SignalRService>;
  createSite(wanted: NewSite): Site;
  createContainerApp(wanted: NewContainerApp): ContainerApp;
  /** The environment that App Service gives to an app with an identity. */
  readonly identity: ManagedIdentity & { readonly endpoint: string };
}

/** Assembles all services over one clock and one journal. Nothing listens; `shells/` makes it reachable. */
export async function createLocalAzure({ clock, openAuthority = keepName }: LocalAzureOptions): Promise<LocalAzure> {
  const names = new Map<string, ServiceName>();
  const core = createCore(clock, async (wanted) => {
    const authority = await openAuthority(wanted);
    names.set(authority, serviceNamed(wanted));
    return authority;
  });
  const identity = { header: core.random(16).toString('hex'), identities: [core.tokens.appIdentity] };
  const keyVault = createKeyVault(core);
  const arm = createArmState();
  const health = createHealth(clock);
  const graph = createGraph(core, { arm, keyVault, health });
  const eventGrid = createEventGrid(core, { keyVault, arm });
  const pools = createPoolContext(core, keyVault);
  const services = [
    identityService(core, identity),
    keyVaultService(core, keyVault),
    armService(pools, arm, graph),
    batchDataPlane(core, arm),
    signalrDataPlane(core, arm),
    eventGridService(core, eventGrid),
  ];
  const byName = new Map<ServiceName | undefined, Service>(services.map((each) => [each.name, each]));
  return {
    core,
    clock,
    handle: createHandle(core, (authority) => byName.get(names.get(authority))),
    keyVault,
    arm,
    graph,
    health,
    eventGrid,
    armEndpoint: `https://${await core.openAuthority('management.azure.com')}`,
    createBatchAccount: (wanted) => createBatchAccount(core, arm, createKeyAccess(keyVault), wanted),
    createPool: (account, wanted) => seedPool(pools, account, wanted),
    createSignalR: (wanted) => createSignalR(core, arm, wanted),
    createSite: (wanted) => createSite(core, arm, keyVault, wanted),
    createContainerApp: (wanted) => createContainerApp(core, arm, keyVault, wanted),
    identity: { ...identity, endpoint: `http://${await core.openAuthority(identityHost)}${identityPath}` },
  };
}

function createCore(clock: SteerableClock, openAuthority: Core['openAuthority']): Core {
  const issued = new Set<string>();
  return {
    clock,
    journal: createJournal(clock),
    faults: createFaults(clock),
    tokens: createTokens({ clock, signingKey: randomBytes(32), issued }),
    issued,
    openAuthority,
    random: randomBytes,
  };
}

const suffixes: readonly (readonly [string, ServiceName])[] = [
  [identityHost, 'identity'],
  ['management.azure.com', 'arm'],
  ['.vault.azure.net', 'key-vault'],
  ['.batch.azure.com', 'batch'],
  ['.service.signalr.net', 'signalr'],
  ['.eventgrid.azure.net', 'event-grid'],
];

function serviceNamed(wanted: string): ServiceName {
  const found = suffixes.find(([suffix]) => wanted.endsWith(suffix));
  if (!found) throw new Error(`No service is reached under ${wanted}.`);
  return found[1];
}

function keepName(wanted: string): Promise<string> {
  return Promise.resolve(wanted);
}
