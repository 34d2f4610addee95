import { HttpRequest, type HttpResponseInit } from '@azure/functions';
import { commonAlert, type HealthEvent, type Slot, type Vault } from '../../infra/azure-emulator/src/index.ts';
import { z } from 'zod';
import { later } from '../../lib/model/clock.ts';
import { parseJson } from '../../lib/model/json.ts';
import { fingerprintOf } from '../../lib/model/sealed.ts';
import type { Mode } from '../../lib/model/state.ts';
import { writtenFact } from './observer.ts';
import { currentKeys, currentVersion, isDeleted, liveSlot, secretName } from './resource.ts';
import type { Simulation } from './simulation.ts';

type Tags = Readonly<Record<string, string>>;
type SecretDetails = NonNullable<Parameters<Vault['setSecret']>[2]>;

export interface Emergency {
  readonly mode: Mode;
  /** Absent = the request does not name a slot, which stands for the live key. */
  readonly compromised?: readonly Slot[];
  /** The keys that leaked when the request was sent that was accepted, or whose answer got lost. */
  leaked?: readonly string[];
  status?: number;
  /** The last emergency, which the answer named: the person means another one. */
  after?: string | undefined;
  tries: number;
}

/** A mandatory regeneration: found by the poll, posted as an alert as well, or announced on the topic alone. */
export interface Notice {
  readonly start: Date;
  readonly raisedAt: Date;
  readonly deadline?: Date;
  readonly by: 'poll' | 'post' | 'event';
}

/** Acts behind the app's back, as a person, a tool or the service does. Each change is recorded as a fact. */
export interface Person {
  readonly emergencies: readonly Emergency[];
  readonly notices: readonly Notice[];
  regenerate(slot: Slot): void;
  write(value: string, details: SecretDetails): void;
  tag(edit: (tags: Tags) => Tags): void;
  delete(): void;
  restore(): void;
  /** Asks now and in each round, until it is accepted. */
  declareEmergency(mode: Mode, compromised?: readonly Slot[]): void;
  raiseNotice(notice: Pick<Notice, 'by'> & { readonly agoMs?: number; readonly inMs?: number | undefined }): void;
  /** Sends each request once more that was not accepted yet. */
  askAgain(): Promise<void>;
}

/**
 * A person asks in every round at first and later once an hour, for some days. A request that was refused for so long stays
 * refused: what to make of it depends on how the schedule ends.
 */
const tries = { inEachRound: 200, roundsOfHour: 12, max: 1_500 };

export function createPerson(simulationNow: () => Simulation): Person {
  const emergencies: Emergency[] = [];
  const notices: Notice[] = [];
  const alerts = new Set<HealthEvent>();
  let count = 0;
  const sim = simulationNow;

  function tag(edit: (tags: Tags) => Tags): void {
    const { vault, record, now } = sim();
    if (isDeleted(sim())) return;
    const { version, tags } = vault.update(secretName, { tags: edit(currentVersion(sim()).tags ?? {}) });
    record({ is: 'tagged', at: now(), by: 'other', version, tags: tags ?? {} });
  }
  function raiseNotice({ by, agoMs = 0, inMs }: Parameters<Person['raiseNotice']>[0]): void {
    const { azure, resource, record, now } = sim();
    const at = now();
    const deadline = inMs === undefined ? undefined : later(at, inMs);
    const notice: Notice = { start: later(at, -agoMs), raisedAt: at, by, ...(deadline && { deadline }) };
    const trackingId = `notice-${(count += 1)}`;
    // Service Health announces regenerations of SignalR alone: of another kind, nothing may come.
    if (resource.kind === 'signalr') {
      record({ is: 'noticed', at, ...(deadline && { deadline }) });
      notices.push(notice);
    }
    if (by === 'event') {
      publishNotice(sim(), trackingId, notice);
      return;
    }
    const event = azure.health.raise({
      trackingId,
      eventType: 'HealthAdvisory',
      subscriptionIds: [resource.subscriptionId],
      impactStartTime: notice.start,
      ...(deadline && { impactMitigationTime: deadline }),
    });
    if (by === 'post') alerts.add(event);
  }
  async function askAgain(): Promise<void> {
    for (const emergency of emergencies) if (emergency.status !== 202) await ask(sim(), emergency, emergencies);
    for (const alert of alerts) {
      const answer = await sim().invoke((app) => app.notices(post('notices', commonAlert(alert))));
      if (answer !== 'ended' && (answer.status ?? 500) < 400) alerts.delete(alert);
    }
  }
  return {
    emergencies,
    notices,
    tag,
    raiseNotice,
    askAgain,
    regenerate: (slot) => {
      const { observer, azure, resource } = sim();
      observer.regenerateByPerson(slot, () => void azure.eventGrid.regenerate(resource, slot));
    },
    write: (value, details) => {
      const { vault, record, now } = sim();
      if (isDeleted(sim())) return;
      record(writtenFact(vault.setSecret(secretName, value, details), { at: now(), by: 'other' }));
    },
    delete: () => {
      const { vault, record, now } = sim();
      if (isDeleted(sim())) return;
      vault.delete(secretName);
      record({ is: 'deleted', at: now() });
    },
    restore: () => {
      const { vault, record, now } = sim();
      if (!isDeleted(sim())) return;
      vault.recover(secretName);
      record({ is: 'restored', at: now() });
    },
    declareEmergency: (mode, compromised) =>
      void emergencies.push({ mode, tries: 0, ...(compromised && { compromised }) }),
  };
}

function isTimeToAsk(round: number): boolean {
  return round <= tries.inEachRound || (round <= tries.max && round % tries.roundsOfHour === 0);
}

/** Recorded before the request is sent, and taken back if it was refused. */
async function ask(simulation: Simulation, emergency: Emergency, all: readonly Emergency[]): Promise<void> {
  const { vault, record, now, state } = simulation;
  const { mode, compromised } = emergency;
  if (!isTimeToAsk((emergency.tries += 1))) return;
  const key = `key-${all.indexOf(emergency)}`;
  const keys = currentKeys(simulation);
  const leaked = (emergency.leaked ??= (compromised ?? [liveSlot(simulation)]).map((slot) => keys[slot]));
  record({ is: 'emergency', at: now(), mode, leaked: leaked.map(fingerprintOf) });
  const { after } = emergency;
  const body = { vault: vault.uri, secret: secretName, mode, compromised, after, reason: 'leaked' };
  const answer = await simulation.invoke((app) => app.start(post('rotations', body, { 'idempotency-key': key })));
  if (answer === 'ended') return;
  emergency.status = answer.status ?? 0;
  if (emergency.status === 202) return;
  emergency.after = lastIn(answer) ?? emergency.after;
  const request = fingerprintOf([key, mode, ...(compromised ?? [])].join('\n'));
  if (state().lastRequest === request) return;
  record({ is: 'refused', at: now() });
  delete emergency.leaked;
}

const refusal = z.object({ after: z.string() });

/** Returns the emergency of just now that an answer names. */
function lastIn({ body }: HttpResponseInit): string | undefined {
  return refusal.safeParse(parseJson(typeof body === 'string' ? body : '')).data?.after;
}

function publishNotice({ azure, topic, resource }: Simulation, id: string, { start, deadline }: Notice): void {
  const data = { resources: [resource.id], ...(deadline && { deadline: deadline.toISOString() }) };
  const type = 'Keyturn.RegenerationNotice';
  const event = { specversion: '1.0', id, type, source: '/a/person', time: start.toISOString(), data } as const;
  azure.eventGrid.publish(topic.id, event);
}

function post(route: string, body: object, headers: Record<string, string> = {}): HttpRequest {
  const url = `https://app.example/api/${route}`;
  return new HttpRequest({ url, method: 'POST', headers, body: { string: JSON.stringify(body) } });
}
