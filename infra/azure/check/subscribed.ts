import type { Node } from 'web-tree-sitter';
import type { NewSubscription } from '../../local/azure/eventgrid/subscription.ts';
import { at, type Bicep } from './parser.ts';
import { isList, last, named, valueOf, within, type Scope, type Value } from './values.ts';
import { nameOf } from './versions.ts';

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
  return files.flatMap(({ path, root }) => {
    const scope = variablesIn(root);
    return root
      .descendantsOfType('resource_declaration')
      .filter((node) => /\/eventSubscriptions@/i.test(nameOf(node)))
      .flatMap((node) => bodies(node, scope).map((body) => ({ ...ofBicep(body), at: at(path, node) })));
  });
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
    name: within(body, 'name'),
    functionName: functionIn(within(body, 'properties', 'destination', 'properties', 'resourceId')),
    schema: within(body, 'properties', 'eventDeliverySchema'),
    eventTypes: within(body, 'properties', 'filter', 'includedEventTypes'),
    filters: isList(filters) ? filters : [],
  };
}

function functionIn(resourceId: Value | undefined): string {
  return /\/functions\/(\w+)$/.exec(typeof resourceId === 'string' ? resourceId : '')?.[1] ?? '';
}

function variablesIn(root: Node): Scope {
  return root.descendantsOfType('variable_declaration').reduce<Scope>((scope, node) => {
    const [name] = named(node);
    return name ? { ...scope, [name.text]: valueOf(last(node), scope) } : scope;
  }, {});
}

/** What stands after `=`: one for each turn of a loop. */
function bodies(node: Node, scope: Scope): readonly Value[] {
  const value = valueOf(last(node), scope);
  return isList(value) ? value : [value];
}
