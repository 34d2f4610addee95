import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import type { HealthEvent, SignalRService } from '../../../infra/azure-emulator/src/index.ts';
import type { NewSecret } from '../../support/bench.ts';
import { adopted, subscriptionId, wired, type Wired } from '../../support/wired.ts';

export interface Scene {
  readonly b: Wired;
  readonly service: SignalRService;
}

/** A SignalR target at rest, whose schedule is two months away. */
export async function resting(env: Record<string, string> = {}, wanted: NewSecret = {}): Promise<Scene> {
  const b = await wired(env);
  const service = await b.newSignalR();
  await adopted(b, service, 60, wanted);
  b.pass(2 * 86_400_000); // whatever there is has settled
  return { b, service };
}

export function raise({ azure }: Wired, more: Partial<HealthEvent> = {}): HealthEvent {
  return azure.health.raise({
    trackingId: 'ABCD-123',
    eventType: 'HealthAdvisory',
    subscriptionIds: [subscriptionId],
    ...more,
  });
}

export type Way = (b: Wired, event: HealthEvent) => Promise<void>;

/** The three ways in which a notice comes in. */
export const ways: Readonly<Record<string, Way>> = {
  'the poll': ({ app }) => app.pollNotices(),
  'an action group': async (b, event) => {
    expect((await b.notices(commonAlert(event))).status).toBe(202);
  },
  'an event of a mail relay': async (b, { trackingId, impactMitigationTime }) => {
    tellByEvent(b, trackingId, { subscriptions: [subscriptionId], deadline: impactMitigationTime?.toISOString() });
    await b.deliver();
  },
};

export function tellByEvent({ azure, topic, clock }: Wired, id: string, data: object): void {
  const time = clock.now().toISOString();
  const event = { specversion: '1.0', id, source: '/mails', type: 'Keyturn.RegenerationNotice', time, data } as const;
  azure.eventGrid.publish(topic.id, event);
}

export function causes({ said }: Wired): readonly (string | undefined)[] {
  return said().flatMap(({ type, data }) => (type === 'Keyturn.Rotation.Started' ? [String(data['cause'])] : []));
}
