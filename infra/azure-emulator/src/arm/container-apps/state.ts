import type { Located, Place } from '../resource.ts';

export interface NewContainerApp extends Place {
  tags?: Record<string, string>;
  /** Addresses of Key Vault secrets, by the names the app gives them. */
  secrets: Readonly<Record<string, string>>;
}

export interface ContainerApp extends Located {
  readonly kind: 'containerApp';
  readonly secrets: Readonly<Record<string, string>>;
  down: boolean;
  readonly restarts: readonly Date[];
  /** The value of a secret as the running app has it. */
  value(secret: string): string | undefined;
}
