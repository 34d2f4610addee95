import type { Phase } from './state.ts';
import type { TargetOptions } from './target.ts';

/** The settings, validated once. Durations are in milliseconds. */
export interface Settings {
  readonly vaultUrls: readonly string[];
  /** More vaults, for keys and certificates alone. */
  readonly objectVaultUrls: readonly string[];
  readonly mode: 'rotate' | 'observe';
  /** The options of a target where its tags set none. */
  readonly defaults: TargetOptions;
  readonly adoptionGraceMs: number;
  readonly proofPatienceMs: number;
  readonly frozenPhases: ReadonlySet<Phase>;
  readonly failuresUntilHeld: number;
  readonly startCap: number;
  readonly armEndpoint: string;
  readonly armAudience: string;
  readonly blobServiceUrl: string;
  /** The custom topic. Absent = timers alone. */
  readonly topicEndpoint?: string | undefined;
}
