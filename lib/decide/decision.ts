import type { Reason } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { VisitRequest, Phase, State } from '../model/state.ts';
import type { CredentialId } from '../model/target.ts';

export interface Situation extends Snapshot {
  readonly request: VisitRequest;
  readonly now: Date;
  readonly settings: Settings;
  /** 0 to 1, the same for this target every time. */
  readonly jitter: number;
  /** Of this deployment: whose state it is. */
  readonly installation: string;
}

export type Decision =
  /** Let the state say so, and decide again. */
  | { readonly do: 'setState'; readonly reason: Reason; readonly state: State }
  /** An emergency is in the state from now on, or was before. */
  | { readonly do: 'startEmergency'; readonly reason: Reason; readonly state: State; readonly start: Date }
  /** Write the state, then the claim on the resource. */
  | { readonly do: 'adopt'; readonly reason: Reason; readonly state: State }
  /** Let the tag CredentialId say what the value says. */
  | { readonly do: 'fixTag'; readonly reason: Reason; readonly credentialId: CredentialId; readonly state: State }
  | { readonly do: 'run'; readonly reason: Reason; readonly phase: Phase }
  /** Remembered in the tags, for as long as each look finds it anew. */
  | { readonly do: 'wait'; readonly reason: Reason; readonly until: Date; readonly code?: string | undefined }
  /** Stays until resumed. */
  | { readonly do: 'hold'; readonly reason: Reason; readonly code?: string | undefined }
  /** Nothing to do, nothing to remember. */
  | { readonly do: 'leave'; readonly reason: Reason; readonly until?: Date | undefined };

/** First answer wins. */
export type Rule = (situation: Situation) => Decision | undefined;
