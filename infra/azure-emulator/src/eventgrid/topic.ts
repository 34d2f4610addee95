import type { Subscription } from './subscription.ts';

/** Where events come in and from where subscriptions take them. */
export interface Topic {
  /** The resource whose events these are: a vault, an Azure subscription, or the custom topic itself. */
  readonly id: string;
  readonly kind: 'key-vault' | 'azure-subscription' | 'custom';
  /** Of the events' data in Event Grid's own schema. */
  readonly dataVersion: string;
  /** Key Vault sends `NBF` and `EXP` as text, as the documents' sample has them, and not as numbers. */
  datesAsText: boolean;
  /** By lower-case name. */
  readonly subscriptions: Map<string, Subscription>;
}

export interface CustomTopic extends Topic {
  readonly kind: 'custom';
  readonly name: string;
  readonly authority: string;
  /** What `EventGridPublisherClient` takes. */
  readonly endpoint: string;
}

const dataVersions = { 'key-vault': '1', 'azure-subscription': '2', custom: '' } satisfies Record<
  Topic['kind'],
  string
>;

export function newTopic<K extends Topic['kind']>(kind: K, id: string): Topic & { readonly kind: K } {
  return { id, kind, dataVersion: dataVersions[kind], datesAsText: false, subscriptions: new Map() };
}
