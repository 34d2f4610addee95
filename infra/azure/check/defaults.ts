import { at, type Bicep } from './parser.ts';
import { resourcesIn, type Resource } from './resources.ts';
import { isList, last, named, valueOf, within, type Value } from './values.ts';

/** Properties that each resource of a type must have, so that no key gives access. */
const safe: readonly (readonly [type: string, path: readonly string[], value: boolean])[] = [
  ['Microsoft.Storage/storageAccounts', ['properties', 'allowSharedKeyAccess'], false],
  ['Microsoft.Storage/storageAccounts', ['properties', 'allowBlobPublicAccess'], false],
  ['Microsoft.EventGrid/topics', ['properties', 'disableLocalAuth'], true],
  ['Microsoft.OperationalInsights/workspaces', ['properties', 'features', 'disableLocalAuth'], true],
  ['Microsoft.Insights/components', ['properties', 'DisableLocalAuth'], true],
];

/** Defaults change nothing, and every resource takes no keys and loses no event. */
export function defaultProblems(files: readonly Bicep[]): readonly string[] {
  const made = files.flatMap(resourcesIn);
  return [...files.flatMap(modeProblems), ...safe.flatMap((each) => unsafe(each, made)), ...made.flatMap(undelivered)];
}

function unsafe([type, path, value]: (typeof safe)[number], made: readonly Resource[]): readonly string[] {
  const ofType = made.filter((each) => each.type === type);
  const property = path.at(-1) ?? '';
  if (ofType.length === 0) return [`no Bicep file makes a ${type}`];
  return ofType
    .filter(({ body }) => within(body, ...path) !== value)
    .map((each) => `${each.at}: ${property} is not ${String(value)}`);
}

function modeProblems({ path, root }: Bicep): readonly string[] {
  if (path !== 'main.bicep') return [];
  const mode = root.descendantsOfType('parameter_declaration').find((node) => named(node)[0]?.text === 'mode');
  if (!mode) return ['main.bicep takes no mode'];
  return valueOf(last(mode), {}) === 'observe' ? [] : [`${at(path, mode)}: mode is not observe`];
}

/** But for events of a subscription: the system topics of global sources have no identity to write with. */
function undelivered({ at: place, type, body }: Resource): readonly string[] {
  if (!type.endsWith('/eventSubscriptions')) return [];
  const types = within(body, 'properties', 'filter', 'includedEventTypes');
  if (isList(types) && types.every(isOfSubscription)) return [];
  const destination = within(body, 'properties', 'deadLetterWithResourceIdentity', 'deadLetterDestination');
  return within(destination, 'endpointType') === 'StorageBlob' ? [] : [`${place}: there is no dead letter`];
}

function isOfSubscription(eventType: Value): boolean {
  return typeof eventType === 'string' && eventType.startsWith('Microsoft.Resources.');
}
