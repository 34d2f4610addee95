import { commonAlert } from '../../../../infra/azure-emulator/src/index.ts';
import type { AlertForm } from '../../../../infra/azure-emulator/src/index.ts';
import { noticeFromAlert } from '../../../../lib/triggers/notices/alert.ts';
import { fingerprintOf } from '../../../../lib/model/sealed.ts';
import { onDay } from '../../decide/situation.ts';
import { event, subscription } from './advisory.ts';

interface Part {
  readonly form?: AlertForm;
  readonly event?: object;
  readonly essentials?: object;
  readonly properties?: object;
  readonly context?: object;
}

/** An alert as an action group posts it; `part` says what is different. */
function alert(part: Part = {}) {
  const { schemaId, data } = commonAlert({ ...event, ...part.event }, part.form);
  const { essentials, alertContext } = data;
  const properties = { ...alertContext.properties, ...part.properties };
  const context = { ...alertContext, ...part.context, properties };
  return { schemaId, data: { essentials: { ...essentials, ...part.essentials }, alertContext: context } };
}

function read(body: unknown) {
  return noticeFromAlert(body, ['SignalR']);
}

const expected = {
  id: fingerprintOf('ABCD-1'),
  start: onDay(50),
  deadline: onDay(70),
  subscriptions: [subscription.toLowerCase()],
  regions: ['westeurope', 'northeurope'],
  resources: [],
  demand: 'regenerate',
};

const understood: [sentence: string, Part][] = [
  ['services as an escaped text, as Azure sends them', { form: { impactedServices: 'string' } }],
  ['services as a list, as the portal’s own test sends them', { form: { impactedServices: 'array' } }],
  ['the signal type in two words', { form: { signalType: 'Activity Log' } }],
  ['the signal type in one word', { form: { signalType: 'ActivityLog' } }],
  ['a security advisory', { form: { incidentType: 'Security' } }],
  ['words in another case', { properties: { incidentType: 'actionrequired', stage: 'active' } }],
  ['a stage that only the status tells', { properties: { stage: undefined }, context: { status: 'Active' } }],
  ['no title, no region, no communication', { properties: { title: undefined, region: null, communication: 7 } }],
  [
    'one target id that is no subscription besides',
    { essentials: { alertTargetIDs: ['x', `/subscriptions/${subscription}`] } },
  ],
];

test.each(understood)('an alert with %s is a notice', (_sentence, part) => {
  expect(read(alert(part))).toEqual(expected);
});

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a word', 'soon'],
])('a mitigation time that is %s is none', (_sentence, impactMitigationTime) => {
  const { deadline: _, ...rest } = expected;
  expect(read(alert({ properties: { impactMitigationTime } }))).toEqual(rest);
});

test('a start to come counts from when the alert was fired', () => {
  expect(read(alert({ event: { impactStartTime: onDay(65) } }))).toMatchObject({ start: onDay(51) });
});

test('a resource of a subscription as target names its subscription', () => {
  const alertTargetIDs = [`/subscriptions/${subscription}/resourceGroups/rg`];
  expect(read(alert({ essentials: { alertTargetIDs } }))).toEqual(expected);
});

const batch = { impactedService: 'Azure Batch' };

const irrelevant: [sentence: string, Part][] = [
  ['on another service', { event: batch }],
  ['on no service', { properties: { impactedServices: '[]' } }],
  ['that only informs', { form: { incidentType: 'Informational' } }],
  ['of an incident', { form: { incidentType: 'Incident' } }],
  ['of maintenance', { form: { incidentType: 'Maintenance' } }],
  ['that is resolved by its stage', { properties: { stage: 'Resolved' } }],
  [
    'that is resolved by its status where there is no stage',
    { properties: { stage: undefined }, context: { status: 'Resolved' } },
  ],
  ['without stage and status', { properties: { stage: undefined }, context: { status: undefined } }],
  ['that is over', { essentials: { monitorCondition: 'Resolved' } }],
  ['of another monitor', { essentials: { monitoringService: 'Platform' } }],
];

test.each(irrelevant)('an alert %s asks for nothing', (_sentence, part) => {
  expect(read(alert(part))).toBe('irrelevant');
});

const unreadable: [sentence: string, body: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a word', 'alert'],
  ['a list', [alert()]],
  ['another schema', { ...alert(), schemaId: 'Microsoft.Insights/activityLogs' }],
  ['no data', { schemaId: 'azureMonitorCommonAlertSchema' }],
  ['no targets', alert({ essentials: { alertTargetIDs: [] } })],
  ['a word for targets', alert({ essentials: { alertTargetIDs: subscription } })],
  ['more targets than anybody has', alert({ essentials: { alertTargetIDs: Array(1_001).fill('x') } })],
  ['no time', alert({ essentials: { firedDateTime: undefined } })],
  ['no context', { schemaId: 'azureMonitorCommonAlertSchema', data: { essentials: alert().data.essentials } }],
  ['no tracking id', alert({ properties: { trackingId: '' } })],
  ['no start', alert({ properties: { impactStartTime: undefined } })],
  ['no incident type', alert({ properties: { incidentType: undefined } })],
  ['no services', alert({ properties: { impactedServices: undefined } })],
  ['services that are no JSON', alert({ properties: { impactedServices: '[{' } })],
  ['services that are an object', alert({ properties: { impactedServices: '{}' } })],
  ['a service without a name', alert({ properties: { impactedServices: [{ ImpactedRegions: [] }] } })],
  [
    'regions that are words',
    alert({ properties: { impactedServices: [{ ServiceName: 'SignalR', ImpactedRegions: ['x'] }] } }),
  ],
];

test.each(unreadable)('no alert: %s', (_sentence, body) => {
  expect(read(body)).toBe('unreadable');
});
