import type { Reporter } from '../announcements/log.ts';
import type { Topic } from '../announcements/topic.ts';
import type { Arm } from '../azure/arm.ts';
import type { ResourceGraph } from '../azure/resourceGraph.ts';
import type { ConsumerRefresher } from '../consumers/refresher.ts';
import type { Clock } from '../model/clock.ts';
import type { Settings } from '../model/settings.ts';
import type { Target } from '../model/target.ts';
import type { Providers } from '../providers/registry.ts';
import type { Claims } from '../stores/claims.ts';
import type { Leases } from '../stores/lease.ts';
import type { Vault } from '../stores/vault.ts';

/** Everything that triggers and visits work with. */
export interface Services extends Reporter {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly leases: Leases;
  readonly claims: Claims;
  /** Names this installation in the state that it writes. */
  readonly installation: string;
  readonly providers: Providers;
  /** For resources that no provider reads. */
  readonly arm: Arm;
  readonly graph: ResourceGraph;
  readonly consumers: ConsumerRefresher;
  /** Absent = announcements go to the log only, and timers do all the work. */
  readonly topic?: Topic;
  /** 0 to 1, the same for a target every time: spreads what was created together. */
  jitter(target: Target): number;
}
