import { commonAlert, type HealthEvent } from '../../infra/azure-emulator/src/index.ts';
import { advisories } from '../support/advisories.ts';
import { subscriptionId, type TestApp } from '../support/createTestApp.ts';
import { createAdoptedSignalR, publishNotice, raiseNotice, startCauses } from '../support/notices.ts';

jest.setTimeout(60_000);

const routes: Readonly<Record<'poll' | 'alert' | 'event', (app: TestApp, event: HealthEvent) => Promise<unknown>>> = {
  poll: ({ keyturn }) => keyturn.pollNotices(),
  alert: (app, event) => app.postNotice(commonAlert(event)),
  event: async (app, { trackingId, title, summary, eventSubType }) => {
    publishNotice(app, trackingId, { subscriptions: [subscriptionId], title, text: summary, types: [eventSubType] });
    await app.deliverEvents();
  },
};

/** What a notice started, or why it started nothing. */
function outcomeIn(app: TestApp): string {
  const causes = startCauses(app);
  if (causes.length > 0) return causes.join();
  return app.announced().includes('Rotation.Held notice-unclear') ? 'unclear' : 'other';
}

const words = { regenerate: 'notice', unclear: 'unclear', other: 'other' } as const;

test.each(advisories.map(([demand, advisory], nth) => [nth + 1, advisory.title, demand, advisory] as const))(
  'R39: advisory %d, %j, is %s by poll, by alert and by event',
  async (_nth, _title, demand, advisory) => {
    const outcomes: Record<string, string> = {};
    for (const [route, send] of Object.entries(routes)) {
      const { app } = await createAdoptedSignalR();
      await send(app, raiseNotice(app, { ...advisory, eventType: advisory.eventType ?? 'HealthAdvisory' }));
      outcomes[route] = outcomeIn(app);
    }
    const expected = words[demand];
    expect(outcomes).toEqual({ poll: expected, alert: expected, event: expected });
  },
);

test('R39: forty advisories are judged', () => {
  expect(advisories).toHaveLength(40);
});

test('R39: an unclear notice comes once for each target, with the request that rotates it', async () => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app, { title: 'Action required', summary: '' });
  for (let polls = 0; polls < 3; polls += 1) await app.keyturn.pollNotices();
  const held = app.messages.filter(({ data }) => data.reason === 'notice-unclear');
  expect(held.map(({ data }) => String(data['detail']).replace(/notice \w+/, 'notice'))).toEqual([
    `POST /api/rotations {"vault":"${app.vault.uri}","secret":"secret","mode":"graceful","reason":"notice"}`,
  ]);
});

test('R39: a notice of another matter is noted once', async () => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app, { title: 'TLS 1.0 ends', summary: '', eventSubType: 'Retirement' });
  for (let polls = 0; polls < 3; polls += 1) await app.keyturn.pollNotices();
  expect(app.notes().filter((reason) => reason === 'notice-other-matter')).toHaveLength(1);
});

test('R39: an unclear notice to several subscriptions comes for the targets of each', async () => {
  const { app } = await createAdoptedSignalR();
  const subscriptionIds = ['00000000-0000-4000-8000-000000000000', subscriptionId];
  raiseNotice(app, { title: 'Action required', summary: '', subscriptionIds });
  await app.keyturn.pollNotices();
  expect(app.announced()).toContain('Rotation.Held notice-unclear');
});

test('R39: an unclear notice comes for targets of a vault that did not answer at first', async () => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app, { title: 'Action required', summary: '' });
  app.azure.core.faults.plan({ operation: 'listSecrets', effect: { kind: 'status', status: 403 } });
  await app.keyturn.pollNotices();
  expect(app.announced()).not.toContain('Rotation.Held notice-unclear');
  await app.keyturn.pollNotices();
  expect(app.announced()).toContain('Rotation.Held notice-unclear');
});
