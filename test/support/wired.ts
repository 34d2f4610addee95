import type { Call, CustomTopic, Resource } from '../../infra/azure-emulator/src/index.ts';
import { subscribeAll } from '../../infra/demo/subscriptions.ts';
import { day, later, minute } from '../../lib/model/clock.ts';
import { phases } from '../../lib/model/state.ts';
import { bench, type Bench, type NewSecret } from './bench.ts';
import { endpoint, endpointUrl } from '../end-to-end/endpoint.ts';

export const subscriptionId = '5ab5c000-0000-4000-8000-000000000001';

/** A bench whose Event Grid delivers to the app, in the same process. Nothing is delivered until time may pass. */
export interface Wired extends Bench {
  readonly topic: CustomTopic;
  /** Whatever is due now, and what becomes due by it. */
  deliver(): Promise<void>;
  /** Events alone for so long; no timer. */
  events(ms: number): Promise<void>;
  /** Events and timers, at the schedules that the functions have. */
  live(ms: number): Promise<void>;
  /** Every attempt of every delivery, as `event type: status`. */
  delivered(): readonly string[];
  /** What was asked of Azure Resource Manager and the vaults; challenges are not counted. */
  calls(act: () => Promise<unknown>): Promise<readonly string[]>;
  /** A POST to the endpoint of a function, as Event Grid or a forger would send it. */
  knock(functionName: string, body: unknown): Promise<number>;
}

export async function wired(env: Record<string, string> = {}): Promise<Wired> {
  const made: CustomTopic[] = [];
  const b = await bench(env, async ({ eventGrid }) => {
    const custom = await eventGrid.createTopic('keyturn');
    made.push(custom);
    return 'KEYTURN_TOPIC_ENDPOINT' in env ? {} : { KEYTURN_TOPIC_ENDPOINT: custom.endpoint };
  });
  const [topic] = made;
  if (!topic) throw new Error('There is no topic.');
  const { eventGrid, core } = b.azure;
  eventGrid.settings.deliver = endpoint(() => b.app);
  const sources = { vaults: [b.vault.id], subscriptionIds: [subscriptionId], topic: topic.id };
  await subscribeAll(eventGrid, { endpoint: endpointUrl, ...sources });
  return {
    ...b,
    topic,
    deliver: () => eventGrid.pump(),
    events: (ms) => passTo(b, later(b.clock.now(), ms)),
    live: (ms) => live(b, later(b.clock.now(), ms)),
    delivered: () => eventGrid.deliveries.map(({ event, status }) => `${event.type}: ${status}`),
    calls: async (act) => {
      const before = core.journal.calls.length;
      await act();
      return core.journal.calls
        .slice(before)
        .filter(isCounted)
        .map(({ operation }) => operation);
    },
    knock: async (functionName, body) => (await eventGrid.settings.deliver(notification(functionName, body))).status,
  };
}

function notification(functionName: string, body: unknown): Request {
  const url = new URL(endpointUrl);
  url.searchParams.set('functionName', functionName);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Request(url, { method: 'POST', headers: { 'aeg-event-type': 'Notification' }, body: text });
}

function isCounted({ service, status }: Call): boolean {
  return (service === 'arm' || service === 'key-vault') && status !== 401;
}

async function passTo({ azure: { eventGrid }, clock }: Bench, end: Date): Promise<void> {
  await eventGrid.pump();
  for (let next = eventGrid.nextDue(); next && next <= end; next = eventGrid.nextDue()) {
    clock.advance(next.getTime() - clock.now().getTime());
    await eventGrid.pump();
  }
  clock.advance(end.getTime() - clock.now().getTime());
}

/** As in `functions/`: generate and the poll every quarter of an hour, the others every five minutes. */
async function live(b: Bench, end: Date): Promise<void> {
  for (let next = nextTick(b.clock.now()); next <= end; next = nextTick(b.clock.now())) {
    await passTo(b, next);
    const at = next.getUTCMinutes();
    if (at % 15 === 8) await b.app.pollNotices();
    else await b.sweep(...phases.filter((phase) => phase !== 'generate' || at % 15 === 0));
  }
  await passTo(b, end);
}

function nextTick(now: Date): Date {
  let next = new Date(Math.floor(now.getTime() / minute) * minute + minute);
  while (next.getUTCMinutes() % 5 !== 0 && next.getUTCMinutes() % 15 !== 8) next = later(next, minute);
  return next;
}

/** A target that was adopted when it was new, and is due in so many days; nothing of that is in the journal's count. */
export async function adopted(b: Wired, resource: Resource, dueInDays = 30, wanted: NewSecret = {}): Promise<void> {
  const ageDays = 60 - dueInDays;
  b.newSecret(resource, { ageDays, expiresOn: later(b.clock.now(), (90 - ageDays) * day), ...wanted });
  await b.sweep('generate');
  await b.deliver();
}

/** Announcements without their prefix, with the reason; notes by their reason alone. */
export function told({ said }: Bench, name = 'secret'): readonly string[] {
  const ours = said().filter(({ subject }) => subject?.endsWith(`/${name}`));
  return ours.map(({ type, data }) => `${type.replace('Keyturn.', '')} ${data.reason}`);
}

/** Reasons that were noted, as of events that asked for nothing. */
export function noted({ said }: Bench): readonly string[] {
  return said().flatMap(({ type, data }) => (type === 'Keyturn.Log.Note' ? [data.reason] : []));
}
