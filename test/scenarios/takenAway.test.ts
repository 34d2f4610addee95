import { day, hour, minute } from '../../lib/model/clock.ts';
import { OperationError } from '../../lib/model/operationError.ts';
import { document, tableUnder } from '../docs/markdown.ts';
import { createTestApp, noToken, type TestApp } from '../support/createTestApp.ts';
import { deleteContainer } from '../simulation/memoryBlobs.ts';

const overlapping = ['overlap-batch', 'overlap-signalr'];
const due = ['due-batch', 'due-signalr'];
const idle = ['idle-batch', 'idle-signalr'];
const awayMs = 20 * minute;

/**
 * Two targets at rest, two that become due and two whose overlap ends while something is away, one of each kind. The
 * two rotations become due after one minute, the two overlaps end after three.
 */
async function createFleet(): Promise<TestApp> {
  const app = await createTestApp({ events: 'delivered' });
  const add = async (names: readonly string[], dueInMs: number) => {
    for (const name of names) {
      const resource = await (name.endsWith('batch') ? app.newBatch({ name }) : app.newSignalR({ name }));
      app.newSecret(resource, { name, ageDays: 60 - dueInMs / day });
    }
  };
  await add(due, 178 * minute);
  await add(idle, 20 * day);
  await app.run(2 * hour);
  await add(overlapping, 0);
  await app.run(57 * minute);
  return app;
}

/** When each target published and completed. */
function milestones({ messages }: TestApp): ReadonlyMap<string, number> {
  const found = messages.filter(({ type }) => /CredentialPublished|Completed/.test(type));
  return new Map(found.map(({ type, subject, time }) => [`${subject} ${type}`, time.getTime()]));
}

const storage =
  (container: string, reason: 'storage-unavailable' | 'storage-forbidden', code: string) => (app: TestApp) => {
    app.faults.blob = (name) => (name.includes(container) ? new OperationError(reason, { code }) : undefined);
    return () => (app.faults.blob = undefined);
  };
const identity = (app: TestApp) => {
  app.faults.token = noToken;
  return () => (app.faults.token = undefined);
};
const topic = (status: number) => (app: TestApp) => {
  const effect = { kind: 'status', status } as const;
  return app.azure.core.faults.plan({ operation: 'eventGrid.publish', lasting: true, effect }).remove;
};
const deleted = (container: 'leases' | 'claims') => (app: TestApp) => {
  deleteContainer(app[container], app.clock);
  return () => undefined;
};
const emptied = (container: 'leases' | 'claims') => (app: TestApp) => {
  app[container].blobs.clear();
  return () => undefined;
};

/** Each is taken away for twenty minutes. Keyturn itself gives back what was deleted. */
const rows: [what: string, take: (app: TestApp) => () => unknown][] = [
  ['the container of leases is deleted', deleted('leases')],
  ['the container of claims is deleted', deleted('claims')],
  ['every blob of a lease is deleted', emptied('leases')],
  ['every blob of a claim is deleted', emptied('claims')],
  ['storage does not answer', storage('', 'storage-unavailable', 'ServerBusy')],
  ['the role on storage is missing', storage('', 'storage-forbidden', 'AuthorizationPermissionMismatch')],
  ['leases alone do not answer', storage('leases', 'storage-unavailable', 'ServerBusy')],
  ['claims alone do not answer', storage('claims', 'storage-unavailable', 'ServerBusy')],
  ['the topic does not answer', topic(503)],
  ['the role on the topic is missing', topic(403)],
  ['the identity endpoint does not answer', identity],
];

const unusual = /storage|identity|outage|forbidden|Lost|missing|lease|claim/;

/**
 * A row of the page: what was announced or noted and how often, when first, and how much later the slowest step was
 * done.
 */
async function rowOf(take: (app: TestApp) => () => unknown, usual: ReadonlyMap<string, number>) {
  const app = await createFleet();
  const before = app.messages.length;
  const takenAt = app.clock.now().getTime();
  const giveBack = take(app);
  await app.run(awayMs);
  giveBack();
  await app.run(100 * minute);
  const done = milestones(app);
  const heard = app.messages.slice(before).filter(({ type, data }) => unusual.test(`${type} ${data.reason}`));
  const words = heard.map(({ type, data }) => `${type.split('.').at(-1) ?? ''} \`${data.reason}\``);
  const counted = [...new Set(words)].toSorted().map((word) => {
    const times = words.filter((each) => each === word).length;
    return word.startsWith('Note') ? word : `${times} × ${word}`;
  });
  const first = heard[0] ? `${Math.round((heard[0].time.getTime() - takenAt) / minute)} min` : '';
  const delays = [...usual].map(([step, at]) => ((done.get(step) ?? NaN) - at) / minute);
  return {
    row: [counted.join(', ') || 'nothing', first, `${Math.round(Math.max(...delays))} min`],
    regenerations: app.regenerations(),
    claims: app.claims.blobs.size,
  };
}

let usual: ReadonlyMap<string, number>;
beforeAll(async () => {
  const app = await createFleet();
  await app.run(awayMs + 100 * minute);
  usual = milestones(app);
});

test.each(rows)('R34: %s: the announcements, and how much later all is done, as the page says', async (what, take) => {
  const { row, ...end } = await rowOf(take, usual);
  const page = tableUnder(document('docs/operating.md'), 'When something is taken away');
  expect([what, ...row]).toEqual(page.find(([cell]) => cell === what));
  expect(end).toEqual({ regenerations: 8, claims: 6 });
});

test('R34: the page has these rows and no other', () => {
  const page = tableUnder(document('docs/operating.md'), 'When something is taken away');
  expect(page.map(([what]) => what)).toEqual(rows.map(([what]) => what));
});
