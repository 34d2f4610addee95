import type { Settings } from '../../../lib/model/settings.ts';
import { day, minute } from '../../../lib/model/clock.ts';
import type { SecretName } from '../../../lib/model/target.ts';
import { accessKeys } from '../../../lib/providers/accessKeys.ts';
import { registry } from '../../../lib/providers/registry.ts';
import { claims } from '../../../lib/targets/claims.ts';
import { leases } from '../../../lib/targets/lease.ts';
import type { Core } from '../../../lib/visit.ts';
import { memoryBlobs, type Around, type Container } from '../memoryBlobs.ts';
import type { Promises } from '../promises.ts';
import type { Effects } from './effects.ts';
import { keysPort, type Resource } from './resource.ts';
import { vaultPort, type SecretStore } from './vault.ts';

export const settleMs = 30 * minute;
export const secretName: SecretName = { vaultUrl: 'https://vault.example', name: 'secret' };

export const settings: Settings = {
  vaultUrls: [secretName.vaultUrl],
  mode: 'rotate',
  wishes: { validityMs: 90 * day, settleMs, paused: false, proof: 'required', consumers: 'proceed' },
  adoptionGraceMs: 10 * minute,
  proofPatienceMs: minute,
  frozen: new Set(),
  failuresUntilHeld: 5,
  startCap: 100,
  armEndpoint: 'https://arm.example',
  armAudience: 'https://arm.example',
  blobServiceUrl: 'https://blobs.example',
};

/** The containers, which outlive processes. */
export interface Stores {
  readonly leases: Container;
  readonly claims: Container;
}

export interface Azure {
  readonly effects: Effects;
  readonly watch: Promises;
  readonly resource: Resource;
  readonly secret: SecretStore;
  readonly announced: string[];
}

/** A process: nothing in it remembers another. */
export function started({ effects, watch, resource, secret, announced }: Azure, stores: Stores): Core {
  const clock = {
    now: () => effects.now,
    monotonicMs: () => effects.now.getTime(),
    sleep: async (ms: number) => {
      effects.pass(ms);
      await Promise.resolve();
    },
  };
  const around = (of: string): Around => {
    return (operation, effect) => effects.do({ name: `${of}:${operation}`, act: effect });
  };
  return {
    settings,
    clock,
    vault: vaultPort(secret, secretName, effects),
    leases: leases(memoryBlobs(stores.leases, clock, around('lease')), clock),
    claims: claims(memoryBlobs(stores.claims, clock, around('claim')), () => 'installation-1'),
    providers: registry([accessKeys(keysPort(resource, effects, watch))]),
    announcer: {
      announce: (said) => {
        announced.push(JSON.stringify(said));
        return Promise.resolve();
      },
    },
    graph: () => Promise.resolve([]),
    consumers: { bring: () => Promise.resolve(new Map()) },
    jitter: () => 0,
    log: () => undefined,
    note: () => undefined,
  };
}
