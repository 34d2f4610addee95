import type { ResolvedReference, SecretSource } from '../keyVaultReferences.ts';
import type { Located, Place } from '../resource.ts';

export type Sources = Readonly<Record<string, SecretSource>>;

export interface NewSite extends Place {
  /** Makes it this deployment slot of the app named. */
  slot?: string;
  /** The id of the plan whose machines it runs on. */
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
  /** How long it takes from a refresh until the app runs with what was fetched. */
  restartMs: number;
  /** It does not run, so nothing it holds changes. */
  down: boolean;
  readonly restarts: readonly Date[];
  references(list: ReferenceList): (readonly [setting: string, held: ResolvedReference])[];
  /** The value of a setting or connection string as the running app has it. */
  value(setting: string): string | undefined;
  /** Everything is fetched anew, and the app restarts with it. */
  refresh(): void;
  /** A restart alone fetches nothing. */
  restart(): void;
}
