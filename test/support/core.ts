import { credential, inProcessHttpClient } from '../../infra/azure-emulator/src/index.ts';
import type { LocalAzure } from '../../infra/azure-emulator/src/index.ts';
import { reporter } from '../../lib/announcements/log.ts';
import { assembleServices } from '../../lib/assemble.ts';
import type { WriteLine } from '../../lib/announcements/log.ts';
import type { Settings } from '../../lib/model/settings.ts';
import type { Services } from '../../lib/reconcile/services.ts';
import { emptyContainer, memoryBlobs } from '../simulation/memoryBlobs.ts';

/** As `lib/app.ts` makes it, without jitter, with containers that have been there for long. */
export function coreOf(azure: LocalAzure, settings: Settings, write: WriteLine): Services {
  const { clock: time } = azure;
  const clock = {
    now: () => time.now(),
    monotonicMs: () => time.now().getTime(),
    sleep: (ms: number) => time.sleep(ms),
  };
  const services = assembleServices({
    settings,
    clock,
    credential: credential(azure),
    http: inProcessHttpClient(azure),
    container: () => memoryBlobs({ ...emptyContainer(), metadata: {} }, clock),
  });
  return { ...services, jitter: () => 0, ...reporter(write, services) };
}
