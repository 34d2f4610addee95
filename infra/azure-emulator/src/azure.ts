import { randomBytes } from 'node:crypto';
import { keyAccess } from './arm/batch/keyAccess.ts';
import { addPool, poolGround } from './arm/batch/pools/create.ts';
import type { NewPool } from './arm/batch/pools/create.ts';
import type { Pool } from './arm/batch/pools/pool.ts';
import { createContainerApp } from './arm/containerApps/containerApp.ts';
import type { ContainerApp, NewContainerApp } from './arm/containerApps/containerApp.ts';
import { createBatchAccount, createSignalR } from './arm/create.ts';
import type { NewBatchAccount, NewSignalR } from './arm/create.ts';
import { createGraph } from './arm/graph/graph.ts';
import type { Graph } from './arm/graph/graph.ts';
import { createHealth } from './arm/health/health.ts';
import type { Health } from './arm/health/health.ts';
import { armService } from './arm/service.ts';
import { createArmState } from './arm/state.ts';
import type { ArmState, BatchAccount, SignalRService } from './arm/state.ts';
import { createSite } from './arm/web/site.ts';
import type { NewSite, Site } from './arm/web/site.ts';
import { batchDataPlane } from './batch/service.ts';
import type { SteerableClock } from './clock.ts';
import type { Core, Service } from './core.ts';
import { createEventGrid } from './eventgrid/eventGrid.ts';
import type { EventGrid } from './eventgrid/eventGrid.ts';
import { eventGridService } from './eventgrid/service.ts';
import { createFaults } from './faults.ts';
import { createHandle } from './handle.ts';
import type { Handle } from './handle.ts';
import { identityHost, identityPath, identityService } from './identity/service.ts';
import type { ManagedIdentity } from './identity/service.ts';
import { createTokens } from './identity/tokens.ts';
import { createJournal } from './journal.ts';
import { keyVaultService } from './keyvault/service.ts';
import { createKeyVault } from './keyvault/vault.ts';
import type { KeyVault } from './keyvault/vault.ts';
import { signalrDataPlane } from './signalr/service.ts';

export interface LocalAzureOptions {
  readonly clock: SteerableClock;
  /** How a shell makes an authority reachable; without one they keep their names. */
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
  /** The environment App Service gives an app that has an identity. */
  readonly identity: ManagedIdentity & { readonly endpoint: string };
}

type ServiceName = Service['name'];

/** Assembles every service over one clock and one journal. Nothing listens: see `shells/`. */
export async function localAzure({ clock, openAuthority = keepName }: LocalAzureOptions): Promise<LocalAzure> {
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
  const pools = poolGround(core, keyVault);
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
    createBatchAccount: (wanted) => createBatchAccount(core, arm, keyAccess(keyVault), wanted),
    createPool: (account, wanted) => addPool(pools, account, wanted),
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
