import type { LocalAzure } from '../../infra/azure-emulator/src/azure.ts';
import { credential, inProcessHttpClient } from '../../infra/azure-emulator/src/shells/inProcess.ts';
import { voice } from '../../lib/app.ts';
import { quietCore } from '../../lib/assemble.ts';
import type { Line } from '../../lib/announcements/log.ts';
import type { Settings } from '../../lib/model/settings.ts';
import type { Core } from '../../lib/reconcile/visit.ts';
import { emptyContainer, memoryBlobs } from '../simulation/memoryBlobs.ts';

/** As `lib/app.ts` makes it, without jitter, with containers that have been there for long. */
export function coreOf(azure: LocalAzure, settings: Settings, write: Line): Core {
  const { clock: time } = azure;
  const clock = {
    now: () => time.now(),
    monotonicMs: () => time.now().getTime(),
    sleep: (ms: number) => time.sleep(ms),
  };
  const core = quietCore({
    settings,
    clock,
    credential: credential(azure),
    http: inProcessHttpClient(azure),
    container: () => memoryBlobs({ ...emptyContainer(), metadata: {} }, clock),
  });
  return { ...core, jitter: () => 0, ...voice(write, core) };
}
