import type { Clients } from '../azure/clients.ts';
import type { Graph } from '../azure/resourceGraph.ts';
import type { Check, Pending } from '../model/check.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Credential, Look, Secret } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import type { CredentialId, Spare, Target } from '../model/target.ts';

/** What providers work with. */
export interface Means {
  readonly clients: Clients;
  readonly graph: Graph;
  random(bytes: number): Buffer;
}

/** What a provider may know while it works on one target. */
export interface View {
  readonly target: Target;
  readonly secret: Secret;
  readonly state: State;
  readonly now: Date;
  /** Said to have leaked, by whoever asks for an emergency. */
  readonly compromised?: readonly CredentialId[];
  /** The data-plane host that ARM named, if it is known from an earlier look. */
  readonly host?: string;
}

/** Everything Keyturn knows about one kind. Throws `Failure` only. */
export interface Provider {
  readonly kind: string;
  /** Lower case; the first provider of a type is its default kind. */
  readonly resourceType: string;
  /** What Service Health calls the service, if it tells of mandatory regenerations; part of the name, in any case. */
  readonly noticedAs?: string;
  /** Settle is never shorter, but for an emergency. */
  readonly leastSettleMs?: number;
  /** For what ends by itself, and asks before it does: how long it is valid at most where no tag says so. */
  readonly validityMs?: number;
  /** How long after sending a regenerate may still take effect (R4). */
  readonly flightMs: number;

  /** The credential id that a word in the tag or in a request names, in the spelling of the service. */
  credentialId(word: string): CredentialId | undefined;
  /** The credential in the secret's value, whether or not the resource has it; its id is a guess. */
  held(view: View): Credential;
  /** Reads, and changes nothing. */
  look(view: View): Promise<Look>;
  /** Which target of the resource this is, where it may have several of the kind; told from the secret's value. */
  part?(value: Sealed): string | undefined;
  /** The vault object whose versions it follows, without a version. */
  follows?(value: Sealed): string | undefined;
  /** What must be leased besides the resource before a credential is made: others may use it too (R8). */
  shares?(view: View): string | undefined;
  /**
   * Makes the credential that follows the live one, in place of `standby` where the kind has one. `Pending`: the next
   * look shows it.
   */
  generate(view: View, standby: Spare | undefined): Promise<Look | Pending>;
  /**
   * Does it work where it will be used? `good`: an answer that only an authenticated caller gets; `bad`: refused while
   * `control` is accepted; everything else is `unknown`.
   */
  prove(view: View, candidate: Credential, control?: Credential): Promise<Check>;
  /** Lets the resource use the credential, before it is published. Already so = nothing is sent. */
  adopt?(view: View, next: Credential): Promise<void>;
  /** Evidence that what was published is in use, where the look alone does not tell. */
  verify?(view: View, live: Credential): Promise<Check>;
  /** The text the secret shall hold: whatever else it held is kept, and it contains the credential (R13). */
  render(next: Credential, held: Sealed): Sealed;
  /** Ends a credential for good; its type says that it is not the live one. */
  revoke(view: View, old: Spare): Promise<Look | Pending>;
}
