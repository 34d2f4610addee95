import type { Clients } from '../azure/clients.ts';
import type { ResourceGraph } from '../azure/resourceGraph.ts';
import type { Check, Pending } from '../model/check.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Credential, Inspection, Secret } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import type { CredentialId, RevocableCredential, Target } from '../model/target.ts';

/** What providers work with. */
export interface ProviderDeps {
  readonly clients: Clients;
  readonly graph: ResourceGraph;
  random(bytes: number): Buffer;
}

/** What a provider may know while it works on one target. */
export interface ProviderInput {
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
  readonly serviceHealthName?: string;
  /** Settle is never shorter, but for an emergency. */
  readonly minOverlapMs?: number;
  /** For what ends by itself, and asks before it does: how long it is valid at most where no tag says so. */
  readonly validityMs?: number;
  /** How long after sending a regenerate may still take effect (R4, request in flight). */
  readonly requestLifetimeMs: number;

  /** The credential id that a word in the tag or in a request names, in the spelling of the service. */
  credentialId(word: string): CredentialId | undefined;
  /** The credential in the secret's value, whether or not the resource has it; its id is a guess. */
  secretCredential(input: ProviderInput): Credential;
  /** Reads, and changes nothing. */
  inspect(input: ProviderInput): Promise<Inspection>;
  /** Which target of the resource this is, where it may have several of the kind; told from the secret's value. */
  qualifier?(value: Sealed): string | undefined;
  /** The vault object whose versions it follows, without a version. */
  sourceObject?(value: Sealed): string | undefined;
  /**
   * What must be leased besides the resource before a credential is made: others may use it too (R8, lease per
   * resource).
   */
  sharedLeaseName?(input: ProviderInput): string | undefined;
  /**
   * Makes the credential that follows the live one, in place of `standby` where the kind has one. `Pending`: the next
   * look shows it.
   */
  generate(input: ProviderInput, standby: RevocableCredential | undefined): Promise<Inspection | Pending>;
  /**
   * Does it work where it will be used? `good`: an answer that only an authenticated caller gets; `bad`: refused while
   * `control` is accepted; everything else is `unknown`.
   */
  prove(input: ProviderInput, candidate: Credential, control?: Credential): Promise<Check>;
  /** Lets the resource use the credential, before it is published. Already so = nothing is sent. */
  adopt?(input: ProviderInput, next: Credential): Promise<void>;
  /** Evidence that what was published is in use, where the look alone does not tell. */
  verify?(input: ProviderInput, live: Credential): Promise<Check>;
  /**
   * The text the secret shall hold: whatever else it held is kept, and it contains the credential (R13, value contains
   * credential).
   */
  render(next: Credential, secretCredential: Sealed): Sealed;
  /** Ends a credential for good; its type says that it is not the live one. */
  revoke(input: ProviderInput, old: RevocableCredential): Promise<Inspection | Pending>;
}
