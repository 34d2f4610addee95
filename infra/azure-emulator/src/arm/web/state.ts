import type { ResolvedReference, SecretSource } from '../keyVaultReferences.ts';
import type { Located, Place } from '../resource.ts';

export type Sources = Readonly<Record<string, SecretSource>>;

export interface NewSite extends Place {
  /** Makes this the named deployment slot of the app. */
  slot?: string;
  /** The id of the plan that the app runs on. */
  plan: string;
  tags?: Record<string, string>;
  settings?: Sources;
  connectionStrings?: Sources;
  restartMs?: number;
}

export type ReferenceList = 'appsettings' | 'connectionstrings';

/** A web or function app, or a slot of one. */
export interface Site extends Located {
  readonly kind: 'site';
  readonly type: 'Microsoft.Web/sites' | 'Microsoft.Web/sites/slots';
  readonly plan: string;
  /** How long a refresh takes until the app runs with the fetched values. */
  restartMs: number;
  /** The app is stopped, so its values do not change. */
  down: boolean;
  readonly restarts: readonly Date[];
  references(list: ReferenceList): (readonly [setting: string, held: ResolvedReference])[];
  /** The value of a setting or connection string in the running app. */
  value(setting: string): string | undefined;
  /** Fetches everything again and restarts the app. */
  refresh(): void;
  /** Restarts the app without fetching. */
  restart(): void;
}
