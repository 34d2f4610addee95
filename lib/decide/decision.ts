import type { Reason } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { VisitRequest, Phase, State } from '../model/state.ts';
import type { CredentialId } from '../model/target.ts';

/** Everything that a decision may depend on. Rules call it `s`. */
export interface Situation extends Snapshot {
  readonly request: VisitRequest;
  readonly now: Date;
  readonly settings: Settings;
  /** 0 to 1, the same for a target every time. */
  readonly jitter: number;
  /** The id of this installation. State of another one is not ours. */
  readonly installation: string;
}

export type Decision =
  /** Take over this state in memory, and decide again. The next save or publish writes it. */
  | { readonly do: 'setState'; readonly reason: Reason; readonly state: State }
  /** Write the state of an emergency that is accepted, or was accepted before. */
  | { readonly do: 'startEmergency'; readonly reason: Reason; readonly state: State; readonly start: Date }
  /** Write the state, then the claim on the resource. */
  | { readonly do: 'adopt'; readonly reason: Reason; readonly state: State }
  /** Correct the tag CredentialId by what the value shows. */
  | { readonly do: 'fixTag'; readonly reason: Reason; readonly credentialId: CredentialId; readonly state: State }
  /** Publish once more what was published last: a credential that had ended was written over it. */
  | { readonly do: 'republish'; readonly reason: Reason; readonly state: State }
  | { readonly do: 'run'; readonly reason: Reason; readonly phase: Phase }
  /** Keep this wait in the tags for as long as each inspection finds its reason again. */
  | {
      readonly do: 'wait';
      readonly reason: Reason;
      readonly until: Date;
      readonly code?: string | undefined;
      /** What would end the wait: a command, with names only. */
      readonly detail?: string | undefined;
    }
  /** Hold the target until a person resumes it. */
  | { readonly do: 'hold'; readonly reason: Reason; readonly code?: string | undefined }
  /** Do nothing now. `not-due` also clears an earlier wait; other reasons are in the tags already or need no memory. */
  | { readonly do: 'leave'; readonly reason: Reason; readonly until?: Date | undefined }
  | RefusedEmergency;

/** Do nothing, since an emergency comes so soon after the one that began then (R29, emergencies join first). */
export interface RefusedEmergency {
  readonly do: 'leave';
  readonly reason: Reason;
  readonly last: Date;
  readonly until: Date;
}

/** A decision that something has to wait until a known time. */
export type Delay = Decision & { readonly do: 'wait' | 'leave'; readonly until: Date };

/** Returns nothing where the rule does not apply. The first answer wins. */
export type Rule = (s: Situation) => Decision | undefined;
