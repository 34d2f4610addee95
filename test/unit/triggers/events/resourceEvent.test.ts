import { parseRegeneration } from '../../../../lib/triggers/events/resourceEvent.ts';
import { arrived, cloudEvent, gridEvent } from './arrived.ts';

const source = '/subscriptions/5ab5c000-0000-4000-8000-000000000001';
const resourceUri = `${source}/resourceGroups/rg/providers/Microsoft.SignalRService/SignalR/chat`;
const operationName = 'Microsoft.SignalRService/SignalR/regeneratekey/action';
const type = 'Microsoft.Resources.ResourceActionSuccess';
const sound = { operationName, resourceUri, claims: { appid: 'app-1', name: 'a person' }, status: 'Succeeded' };

function made(data: object = {}, more: object = {}) {
  return parseRegeneration(arrived(cloudEvent({ type, source, data: { ...sound, ...data }, ...more })));
}

const resource = resourceUri.toLowerCase();
const batch = 'Microsoft.Batch/batchAccounts/regeneratekeys/action';

const taken: [sentence: string, data: object, expected: object][] = [
  ['a key of SignalR', {}, { resource }],
  ['a key of Batch', { operationName: batch }, { resource }],
  ['as the portal writes it', { operationName: operationName.replace('regeneratekey', 'RegenerateKey') }, { resource }],
  ['in capitals', { operationName: batch.toUpperCase() }, { resource }],
  ['a slash at the end of the resource', { resourceUri: `${resourceUri}/` }, { resource }],
  ['a resource in capitals', { resourceUri: resourceUri.toUpperCase() }, { resource }],
];

test.each(taken)('a regeneration: %s', (_sentence, data, expected) => {
  expect(made(data)).toMatchObject(expected);
});

test.each([
  ['missing', undefined],
  ['null', null],
  ['a text', 'app-1'],
  ['a list', ['a']],
])('claims that are %s do not matter', (_sentence, claims) => {
  expect(made({ claims })).toEqual({ resource });
});

test('a resource group may be the source, in any case, and either schema', () => {
  const group = `${source.toUpperCase()}/RESOURCEGROUPS/RG`;
  expect(made({}, { source: group })).toMatchObject({ resource });
  expect(parseRegeneration(arrived(gridEvent({ eventType: type, topic: source, data: sound })))).toMatchObject({
    resource,
  });
});

const dropped: [sentence: string, data: object, more: object, reason: string][] = [
  [
    'a listing, as in each of our inspections',
    { operationName: operationName.replace('regenerate', 'list') },
    {},
    'irrelevant',
  ],
  ['another action', { operationName: 'Microsoft.Batch/batchAccounts/syncAutoStorageKeys/action' }, {}, 'irrelevant'],
  ['a name that only has it in it', { operationName: `${operationName}/x` }, {}, 'irrelevant'],
  ['a failure', {}, { type: 'Microsoft.Resources.ResourceActionFailure' }, 'irrelevant'],
  ['a write', {}, { type: 'Microsoft.Resources.ResourceWriteSuccess' }, 'irrelevant'],
  ['a resource of another subscription', {}, { source: source.replace('5ab5', 'ffff') }, 'wrong-origin'],
  ['a subscription that only begins alike', {}, { source: source.slice(0, -1) }, 'wrong-origin'],
  ['another resource group', {}, { source: `${source}/resourceGroups/r` }, 'wrong-origin'],
  ['the custom topic as source', {}, { source: 'urn:keyturn' }, 'wrong-origin'],
  ['a resource that is none', { resourceUri: 'chat' }, {}, 'unreadable'],
  ['no resource', { resourceUri: undefined }, {}, 'unreadable'],
  ['a number for the operation', { operationName: 7 }, {}, 'unreadable'],
  ['no data', {}, { data: undefined }, 'unreadable'],
];

test.each(dropped)('promise 9: dropped: %s', (_sentence, data, more, reason) => {
  expect(made(data, more)).toBe(reason);
});
