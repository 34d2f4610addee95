import fc from 'fast-check';
import { hour, later, second } from '../../lib/model/clock.ts';
import { phases, type Phase } from '../../lib/model/state.ts';
import { RedeliverError } from '../../lib/triggers/events/handlers.ts';
import { phaseDueType } from '../../lib/triggers/events/phaseDue.ts';
import { subscriptionId } from '../support/createTestApp.ts';
import { noticeAgeMs, type FuzzEnvironment, type Observed } from './environment.ts';
import { mutate, mutation, type Mutation } from './mutation.ts';

interface Envelope {
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: object;
}

/** Events of one kind, and the function that takes them. */
export interface EventKind {
  readonly name: string;
  /** Valid events that begin nothing. */
  events(environment: FuzzEnvironment): readonly Envelope[];
  handle(environment: FuzzEnvironment, event: unknown): Promise<void>;
}

const happenings = ['NearExpiry', 'Expired', 'NewVersionCreated'] as const;

function vaultKind(object: 'Secret' | 'Key' | 'Certificate', names: readonly string[]): EventKind {
  return {
    name: `Key Vault, ${object.toLowerCase()}`,
    events: ({ app: { vault, clock } }) =>
      names.flatMap((name) =>
        happenings.map((happened) => {
          const path = `${object.toLowerCase()}s`;
          const store = { Secret: vault, Key: vault.keys, Certificate: vault.certificates }[object];
          const version = store.current(name)?.version ?? '';
          const ids = { Id: `${vault.uri}/${path}/${name}/${version}`, VaultName: vault.name, Version: version };
          const data = { ...ids, ObjectType: object, ObjectName: name, NBF: null, EXP: 1_800_000_000 };
          const type = `Microsoft.KeyVault.${object}${happened}`;
          return { source: vault.id, type, subject: name, time: clock.now().toISOString(), data };
        }),
      ),
    handle: ({ app: { keyturn } }, event) => keyturn.keyVault(event),
  };
}

const resourceKind: EventKind = {
  name: 'resource',
  events: ({ app: { clock }, resources }) =>
    ([resources.batch, resources.signalr, resources.encrypted] as const).map(({ id, kind }) => {
      const type = id.split('/').slice(6, 8).join('/');
      const operationName = `${type}/${kind === 'batch' ? 'regenerateKeys' : 'regenerateKey'}/action`;
      const claims = { appid: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c' };
      return {
        ...{
          source: `/subscriptions/${subscriptionId}`,
          type: 'Microsoft.Resources.ResourceActionSuccess',
          subject: id,
        },
        ...{ time: clock.now().toISOString(), data: { operationName, resourceUri: id, claims, status: 'Succeeded' } },
      };
    }),
  handle: ({ app: { keyturn } }, event) => keyturn.resource(event),
};

function phaseKind(phase: Phase): EventKind {
  return {
    name: `phase due, ${phase}`,
    events: ({ app: { vault, clock }, resources }) => {
      const due = (name: string, kind: string, resource: string): Envelope => ({
        ...{ source: 'urn:keyturn', type: phaseDueType, subject: `${vault.uri}/secrets/${name}` },
        ...{ time: clock.now().toISOString(), data: { phase, kind, resource } },
      });
      return [
        due('batch', 'batch-key', resources.batch.id),
        due('signalr', 'signalr-key', resources.signalr.id),
        due('cmk', 'batch-cmk', resources.encrypted.id),
        due('secret', 'pool-certificate', resources.account.id),
      ];
    },
    handle: ({ app: { keyturn } }, event) => keyturn.phaseDue(phase, event),
  };
}

const noticeKind: EventKind = {
  name: 'notice',
  events: ({ app: { clock }, resources }) => {
    const start = later(clock.now(), -noticeAgeMs).toISOString();
    const deadline = later(clock.now(), 72 * hour).toISOString();
    const event = (data: object): Envelope => ({
      ...{ source: '/mails', type: 'Keyturn.RegenerationNotice', subject: '', time: start, data },
    });
    return [
      event({ resources: [resources.signalr.id], start, deadline }),
      event({ subscriptions: [subscriptionId], regions: ['West Europe'], start, deadline }),
    ];
  },
  handle: ({ app: { keyturn } }, event) => keyturn.notice(event),
};

export const eventKinds: readonly EventKind[] = [
  vaultKind('Secret', ['batch', 'signalr', 'cmk', 'secret', 'other']),
  vaultKind('Key', ['cmk']),
  vaultKind('Certificate', ['tls']),
  resourceKind,
  ...phases.map(phaseKind),
  noticeKind,
];

export interface FuzzedEvent {
  readonly nth: number;
  readonly schema: 'CloudEvents' | 'Event Grid';
  readonly mutation: Mutation;
}

export const fuzzedEvent: fc.Arbitrary<FuzzedEvent> = fc.record({
  nth: fc.nat(100),
  schema: fc.constantFrom('CloudEvents', 'Event Grid'),
  mutation,
});

/** How the app took an event. */
export interface EventOutcome extends Observed {
  readonly answer: 'acknowledged' | 'to be delivered again' | 'failed';
  readonly problems: readonly string[];
}

/** Lets the app handle an event that is valid but for one member. */
export async function handleFuzzed(
  environment: FuzzEnvironment,
  kind: EventKind,
  { nth, schema, mutation: change }: FuzzedEvent,
): Promise<EventOutcome> {
  const events = kind.events(environment);
  const event = mutate(inSchema(events[nth % events.length], schema), change);
  environment.app.pass(second); // Resource Manager takes so many requests in a minute
  const thrown: unknown[] = [];
  const observed = await environment.observe(() =>
    kind.handle(environment, event).catch((error: unknown) => void thrown.push(error)),
  );
  const [error] = thrown;
  if (error === undefined) return { ...observed, answer: 'acknowledged', problems: observed.effects };
  const answer = error instanceof RedeliverError ? 'to be delivered again' : 'failed';
  const refusal = error instanceof Error ? (error.stack ?? error.message) : 'threw no error';
  return { ...observed, answer, problems: [refusal, ...observed.effects] };
}

function inSchema(envelope: Envelope | undefined, schema: FuzzedEvent['schema']): object {
  if (!envelope) throw new Error('This kind has no event.');
  const { source, type, subject, time, data } = envelope;
  const id = '0f53737d-b6c0-4066-8cf9-a5955081d251';
  return schema === 'CloudEvents'
    ? { specversion: '1.0', id, source, type, subject, time, data }
    : { id, topic: source, subject, eventType: type, eventTime: time, data, dataVersion: '1', metadataVersion: '1' };
}
