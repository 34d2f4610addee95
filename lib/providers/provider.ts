import type { Clients } from '../azure/clients.ts';
import type { ResourceGraph } from '../azure/resourceGraph.ts';
import type { Check, Pending } from '../model/check.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Credential, Inspection, Secret } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import type { CredentialId, RevocableCredential, Target } from '../model/target.ts';
import type { Claims } from '../stores/claims.ts';
import type { Vault } from '../stores/vault.ts';

/** What providers work with. */
export interface ProviderDeps {
  readonly clients: Clients;
  readonly graph: ResourceGraph;
  random(bytes: number): Buffer;
  /** The vaults whose keys and certificates may be used. No request goes to another one (R26, key of the owner). */
  readonly objectVaults: readonly string[];
  readonly claims: Pick<Claims, 'list'>;
  readonly vault: Pick<Vault, 'read'>;
}

/** Everything that a provider may know while it works on one target. */
export interface ProviderInput {
  readonly target: Target;
  readonly secret: Secret;
  readonly state: State;
  readonly now: Date;
  /** The credentials that leaked, as the request for an emergency names them. */
  readonly compromised?: readonly CredentialId[];
  /** The data-plane host, if it is known from an earlier inspection. */
  readonly host?: string | undefined;
  /** The key that the owner of the resource wants, as the last inspection found it. */
  readonly requestedKey?: string | undefined;
}

/**
 * Sends the one request of a provider that changes a credential. Requests beside it, before or after, are sent plainly:
 * only the answer to this one says what became of the credential (R32, only its own answer).
 */
export type SendOwn = <T>(request: () => Promise<T>) => Promise<T>;

/** Everything that Keyturn knows about one kind. */
export interface Provider {
  readonly kind: string;
  /** Lower case; the first provider of a type is its default kind. */
  readonly resourceType: string;
  /** Part of the name in Service Health, in any case, of a service that announces mandatory regenerations. */
  readonly serviceHealthName?: string | undefined;
  /** The overlap is never shorter, except in an emergency. */
  readonly minOverlapMs?: number;
  /** How long a credential that ends by itself is valid at most, if no tag says so. */
  readonly validityMs?: number;
  /** How long a regenerate may still take effect after it was sent (R4, request in flight). */
  readonly requestLifetimeMs: number;

  /** Returns the credential id that a word in a tag or in a request names, in the spelling of the service. */
  credentialId(word: string): CredentialId | undefined;
  /** Returns the credential in the secret's value, whether or not the resource has it. Its id is a guess. */
  secretCredential(input: ProviderInput): Credential;
  /** Reads the resource, and changes nothing. */
  inspect(input: ProviderInput): Promise<Inspection>;
  /** Tells apart several targets of this kind on one resource, by the value of the secret. */
  qualifier?(value: Sealed): string | undefined;
  /** Returns the vault object whose versions the target follows, without a version. */
  sourceObject?(value: Sealed): string | undefined;
  /**
   * Names the lease that is needed besides the resource's before a credential is made, if other targets may use the
   * same key or certificate (R8, lease per resource).
   */
  sharedLeaseName?(input: ProviderInput): string | undefined;
  /**
   * Makes the credential that follows the live one, in place of `standby` if the kind has one. After `Pending` the next
   * inspection shows it.
   */
  generate(input: ProviderInput, standby: RevocableCredential | undefined, own: SendOwn): Promise<Inspection | Pending>;
  /**
   * Checks whether the credential works where it will be used. `valid`: it got an answer that only an authenticated
   * caller gets. `invalid`: it was refused while `control` was accepted. Everything else is `unknown`.
   */
  prove(input: ProviderInput, candidate: Credential, control?: Credential): Promise<Check>;
  /**
   * Lets the resource use the credential before it is published. Sends nothing if it does already. After `Pending` the
   * resource is not known to use it yet.
   */
  adopt?(input: ProviderInput, next: Credential, own: SendOwn): Promise<Pending | undefined>;
  /** Looks for evidence that the published credential is in use, if the inspection alone does not show it. */
  verify?(input: ProviderInput, live: Credential): Promise<Check>;
  /**
   * Returns the next text of the secret. It contains the credential and keeps everything else (R13, value contains
   * credential).
   */
  render(next: Credential, currentText: Sealed): Sealed;
  /** Ends a credential for good. Its type proves that it is not the live one (promise 1, live credential protected). */
  revoke(input: ProviderInput, old: RevocableCredential, own: SendOwn): Promise<Inspection | Pending>;
}
