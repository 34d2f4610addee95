import { randomBytes } from 'node:crypto';
import type { LocalAzure } from '../infra/local/azure/azure.ts';
import { credential, inProcessHttpClient } from '../infra/local/azure/shells/inProcess.ts';
import { voice } from '../lib/app.ts';
import { clients } from '../lib/clients.ts';
import type { Line } from '../lib/events/log.ts';
import type { Settings } from '../lib/model/settings.ts';
import { providers } from '../lib/providers/registry.ts';
import { claims } from '../lib/targets/claims.ts';
import { leases } from '../lib/targets/lease.ts';
import { vault } from '../lib/targets/vault.ts';
import type { Core } from '../lib/visit.ts';
import { emptyContainer, memoryBlobs } from './world/memoryBlobs.ts';

/** As `lib/app.ts` makes it, without jitter, with containers that have been there for long. */
export function coreOf(azure: LocalAzure, settings: Settings, write: Line): Core {
  const all = clients(credential(azure), inProcessHttpClient(azure), settings);
  const { clock: time } = azure;
  const clock = {
    now: () => time.now(),
    monotonicMs: () => time.now().getTime(),
    sleep: (ms: number) => time.sleep(ms),
  };
  const blobs = () => memoryBlobs({ ...emptyContainer(), metadata: {} }, clock);
  return {
    settings,
    clock,
    vault: vault(all),
    leases: leases(blobs(), clock),
    claims: claims(blobs()),
    providers: providers({ clients: all, random: randomBytes }),
    jitter: () => 0,
    ...voice(write, { clock, settings }),
  };
}
