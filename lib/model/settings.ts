import type { Phase } from './state.ts';
import type { TargetOptions } from './target.ts';

/** The settings as read, validated once. Durations in milliseconds. */
export interface Settings {
  readonly vaultUrls: readonly string[];
  readonly mode: 'rotate' | 'observe';
  /** What a target gets where no tag says otherwise. */
  readonly defaults: TargetOptions;
  readonly adoptionGraceMs: number;
  readonly proofPatienceMs: number;
  readonly frozenPhases: ReadonlySet<Phase>;
  readonly failuresUntilHeld: number;
  readonly startCap: number;
  readonly armEndpoint: string;
  readonly armAudience: string;
  readonly blobServiceUrl: string;
  /** Of the custom topic. Absent = timers alone. */
  readonly topicEndpoint?: string | undefined;
}
