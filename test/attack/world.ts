import type { LocalAzure, Resource, Vault } from '../../infra/azure-emulator/src/index.ts';
import type { HostIndex } from './plan.ts';

export type Kind = 'batch-key' | 'signalr-key' | 'batch-cmk' | 'pool-certificate';

export interface AttackTarget {
  readonly name: string;
  readonly kind: Kind;
  readonly vault: Vault;
  readonly resource: Resource;
  readonly overlapMs: number;
  /** The name of the key or certificate that the value identifies. */
  readonly sourceObject: string | undefined;
  /** Returns the credential in a value of the secret. */
  readonly keyIn: (value: string) => string;
  /** Returns the value that a person writes with another key. */
  readonly valueWith: (key: string) => string;
}

/** A process of the app, started again whenever it ends. */
export interface Host {
  readonly name: string;
  readonly isUp: boolean;
  /** Carries a request to the process; the path alone matters. Rejects where nothing answers. */
  send(request: Request): Promise<Response>;
  /** Ends it wherever it stands, as a power failure does. */
  kill(downMs: number, onKilled: () => void): void;
  /** Lets it finish its work and starts it anew. */
  drain(onDrained: () => void): void;
  suspend(ms: number): void;
  /** Moves its clock alone, to so far ahead of Azure's. */
  stepClock(aheadMs: number): void;
}

/** Everything around the targets: the real processes, or all of it in one on a virtual clock. */
export interface World {
  readonly azure: LocalAzure;
  readonly targets: readonly AttackTarget[];
  readonly hosts: Readonly<Record<HostIndex, Host>>;
  readonly unitMs: number;
  now(): Date;
  /** Does it after a time, unless the attack ends before. */
  after(ms: number, act: () => unknown): void;
  restartStorage(downMs: number): void;
}
