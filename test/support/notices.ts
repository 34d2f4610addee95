import { commonAlert, type HealthEvent, type SignalRService } from '../../infra/azure-emulator/src/index.ts';
import { day } from '../../lib/model/clock.ts';
import { createTestApp, subscriptionId, type Environment, type NewSecret, type TestApp } from './createTestApp.ts';

export interface SignalRTarget {
  readonly app: TestApp;
  readonly service: SignalRService;
}

/** A SignalR key that was adopted two days ago and is due in two months. */
export async function createAdoptedSignalR(
  settings: Environment = {},
  options: NewSecret = {},
): Promise<SignalRTarget> {
  const app = await createTestApp({ settings, events: 'delivered' });
  const service = await app.newSignalR();
  await app.adopt(service, 60, options);
  app.pass(2 * day);
  return { app, service };
}

export function raiseNotice({ azure }: TestApp, options: Partial<HealthEvent> = {}): HealthEvent {
  const event = { trackingId: 'ABCD-123', eventType: 'HealthAdvisory', subscriptionIds: [subscriptionId] } as const;
  return azure.health.raise({ ...event, ...options });
}

type SendNotice = (app: TestApp, event: HealthEvent) => Promise<void>;

/** The three ways in which a notice arrives. */
export const noticeRoutes: Readonly<Record<'poll' | 'action group' | 'mail relay', SendNotice>> = {
  poll: ({ keyturn }) => keyturn.pollNotices(),
  'action group': async (app, event) => {
    expect((await app.postNotice(commonAlert(event))).status).toBe(202);
  },
  'mail relay': async (app, { trackingId, impactMitigationTime }) => {
    publishNotice(app, trackingId, { subscriptions: [subscriptionId], deadline: impactMitigationTime?.toISOString() });
    await app.deliverEvents();
  },
};

/** Publishes a notice to the custom topic, as a mail relay does. */
export function publishNotice({ azure, topic, clock }: TestApp, id: string, data: object): void {
  const time = clock.now().toISOString();
  const event = { specversion: '1.0', id, source: '/mails', type: 'Keyturn.RegenerationNotice', time, data } as const;
  azure.eventGrid.publish(topic.id, event);
}

/** The causes of the rotations that were started, in order. */
export function startCauses({ messages }: TestApp): readonly string[] {
  return messages.flatMap(({ type, data }) => (type === 'Keyturn.Rotation.Started' ? [String(data['cause'])] : []));
}
