import type { NewSubscription } from '../../azure-emulator/src/index.ts';
import type { Bicep } from './parser.ts';
import { resourcesIn } from './resources.ts';
import { isList, within, type Value } from './values.ts';

/** What decides which events come, and where. */
export interface Subscribed {
  readonly name: Value | undefined;
  readonly functionName: string;
  readonly schema: Value | undefined;
  readonly eventTypes: Value | undefined;
  readonly filters: readonly Value[];
}

/** The event subscriptions that Bicep makes. */
export function subscribedIn(files: readonly Bicep[]): readonly (Subscribed & { readonly at: string })[] {
  return files
    .flatMap(resourcesIn)
    .filter(({ type }) => type.endsWith('/eventSubscriptions'))
    .map(({ at, body }) => ({ ...ofBicep(body), at }));
}

/** The same of the local Azure, which the tests run against. */
export function ofLocal(wanted: NewSubscription): Subscribed {
  const { name, schema, endpoint, includedEventTypes, advancedFilters = [] } = wanted;
  const functionName = new URL(endpoint.url).searchParams.get('functionName') ?? '';
  const filters = advancedFilters.map(({ operator, key, values }) => ({ operatorType: operator, key, values }));
  return { name, functionName, schema, eventTypes: includedEventTypes, filters };
}

function ofBicep(body: Value): Subscribed {
  const filters = within(body, 'properties', 'filter', 'advancedFilters');
  return {
    name: withoutApp(within(body, 'name')),
    functionName: functionIn(within(body, 'properties', 'destination', 'properties', 'resourceId')),
    schema: within(body, 'properties', 'eventDeliverySchema'),
    eventTypes: within(body, 'properties', 'filter', 'includedEventTypes'),
    filters: isList(filters) ? filters : [],
  };
}

/** Two apps may listen to one topic: names end in what tells them apart. */
function withoutApp(name: Value | undefined): Value | undefined {
  return typeof name === 'string' ? name.replace('-${uniqueString(appId)}', '') : name;
}

function functionIn(resourceId: Value | undefined): string {
  return /\/functions\/(\w+)$/.exec(typeof resourceId === 'string' ? resourceId : '')?.[1] ?? '';
}
