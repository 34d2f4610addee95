import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { TokenCredential } from '@azure/core-auth';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { ManagedIdentityCredential } from '@azure/identity';
import {
  createLocalAzure,
  credential,
  inProcessHttpClient,
  manualClock,
  startLocalAzure,
  systemClock,
} from '../../../infra/azure-emulator/src/index.ts';
import type { LocalAzure } from '../../../infra/azure-emulator/src/index.ts';
import { clients, type Clients } from '../../../lib/azure/clients.ts';
import { hour } from '../../../lib/model/clock.ts';
import { realTime } from '../../support/timers.ts';

/** A local Azure, the app's clients as they reach it, and a place of its own. */
export interface Reached {
  readonly azure: LocalAzure;
  readonly clients: Clients;
  readonly place: Place;
}

interface Place {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
}

export interface Shell {
  reach(): Promise<Reached>;
  /** Whether sleeping takes real time. */
  readonly takesTime: boolean;
}

/** Each test has an Azure of its own, whose time stands still. */
export const inProcess: Shell = {
  takesTime: false,
  reach: async () => {
    const azure = await createLocalAzure({ clock: manualClock(new Date('2026-03-02T01:00:00Z')) });
    return reached(azure, credential(azure), inProcessHttpClient(azure));
  },
};

/** The same tests without sockets, and with sockets, TLS and tokens of the managed identity endpoint as in Azure. */
export function describeShells(tests: (shell: Shell) => void): void {
  describe('in process', () => {
    tests(inProcess);
  });
  describe('over TLS', () => {
    const listening: Listening[] = [];
    beforeAll(async () => {
      listening.push(await listen());
    });
    afterAll(async () => {
      for (const { close } of listening) await close();
    });
    tests({
      takesTime: true,
      reach: () => {
        const [local] = listening;
        return local ? Promise.resolve(local.reach()) : Promise.reject(new Error('Nothing listens.'));
      },
    });
  });
}

export interface Listening {
  readonly azure: LocalAzure;
  reach(http?: HttpClient): Reached;
  close(): Promise<void>;
}

/** A local Azure over TLS, which this process trusts and gets its tokens from. */
export async function listen(): Promise<Listening> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-providers-'));
  const { azure, certificates, close } = await startLocalAzure({ clock: systemClock(), folder });
  tls.setDefaultCACertificates([certificates.ca]);
  process.env['IDENTITY_ENDPOINT'] = azure.identity.endpoint;
  process.env['IDENTITY_HEADER'] = azure.identity.header;
  const identity = new ManagedIdentityCredential();
  const nodeHttp = createDefaultHttpClient();
  return {
    azure,
    reach: (http = nodeHttp) => reached(azure, identity, http),
    close: async () => {
      azure.clock.advance(hour); // wakes what is delayed
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

function reached(azure: LocalAzure, identity: TokenCredential, http: HttpClient): Reached {
  const endpoints = { armEndpoint: azure.armEndpoint, armAudience: 'https://management.azure.com' };
  const place = { subscriptionId: randomUUID(), resourceGroup: 'rg', location: 'westeurope' };
  return { azure, clients: clients(identity, http, endpoints, realTime), place };
}
