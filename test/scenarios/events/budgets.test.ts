import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { createAdopted, holdsKey } from '../../support/accessKeys.ts';
import { subscriptionId, type TestApp } from '../../support/createTestApp.ts';
import { createAdoptedSignalR, publishNotice, raiseNotice, startCauses } from '../../support/notices.ts';

/** Budgets of real time that end while a request hangs. Nothing else is expected to end within them. */
const brief = { eventMs: 150, noticeMs: 150 };

/** An app with brief budgets and an adopted target. */
async function createBrief(kind: 'newBatch' | 'newSignalR'): Promise<TestApp> {
  const { app } = await createAdopted(kind);
  app.restart({}, brief);
  return app;
}

/** Lets requests for this operation hang, in real time, until the returned function is called. */
function hang({ azure: { core } }: TestApp, operation: string): () => void {
  const { strike } = core.faults;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  core.faults.strike = async (call) => {
    if (call.operation === operation) await released;
    return strike(call);
  };
  return () => {
    core.faults.strike = strike;
    release();
  };
}

/** Regenerations that Azure has answered. */
function countAnswered({ azure: { core } }: TestApp): number {
  const { calls } = core.journal;
  return calls.filter(({ operation, status }) => operation.endsWith('.regenerateKey') && status !== undefined).length;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isPublished(app: TestApp): boolean {
  return app.announced().includes('Rotation.CredentialPublished published');
}

interface Handler {
  readonly name: string;
  readonly kind: 'newBatch' | 'newSignalR';
  readonly slow: string;
  readonly regenerations: number;
  /** Whether Event Grid delivers the event again, since no timer takes it up soon. */
  readonly isRedelivered: boolean;
  readonly act: (app: TestApp) => Promise<void>;
}

const handlers: readonly Handler[] = [
  {
    name: 'Key Vault events',
    kind: 'newBatch',
    slow: 'batch.regenerateKey',
    regenerations: 1,
    isRedelivered: true,
    act: async (app) => {
      app.pass(30 * day);
      await app.deliverEvents();
    },
  },
  {
    name: 'resource events',
    kind: 'newBatch',
    slow: 'setSecret',
    regenerations: 0,
    isRedelivered: true,
    act: async (app) => {
      const [account] = app.azure.arm.resources.values();
      if (account) app.azure.eventGrid.regenerate(account, 'Primary');
      await app.deliverEvents();
    },
  },
  {
    name: 'due phases',
    kind: 'newBatch',
    slow: 'batch.regenerateKey',
    regenerations: 1,
    isRedelivered: false,
    act: async (app) => {
      app.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', effect: { kind: 'drop' } });
      app.pass(30 * day + minute);
      await app.deliverEvents();
      await app.sweep('generate');
      await app.deliverEvents();
    },
  },
  {
    name: 'notice events',
    kind: 'newSignalR',
    slow: 'signalr.regenerateKey',
    regenerations: 1,
    isRedelivered: true,
    act: async (app) => {
      app.pass(2 * day);
      publishNotice(app, 'mail-1', { subscriptions: [subscriptionId] });
      await app.deliverEvents();
    },
  },
];

test.each(handlers)('the handler of $name answers within its budget while Azure is slow', async (handler) => {
  const app = await createBrief(handler.kind);
  const release = hang(app, handler.slow);
  await handler.act(app);
  expect(app.notes().at(-1)).toBe('over-budget');
  const refused = app.deliveries().filter((each) => /: (4|5|timeout)/.test(each));
  expect(refused).toHaveLength(handler.isRedelivered ? 1 : 0);
  expect(isPublished(app)).toBe(false);
  release();
  await until(() => isPublished(app));
  expect(countAnswered(app)).toBe(handler.regenerations);
});

test.each(handlers)('timers complete the work when the process of the handler of $name ends', async (handler) => {
  const app = await createBrief(handler.kind);
  const { strike } = app.azure.core.faults;
  hang(app, handler.slow); // is never released
  await handler.act(app);
  app.azure.core.faults.strike = strike;
  app.restart();
  await app.run(2 * hour + 30 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  expect(countAnswered(app)).toBe(2 * handler.regenerations);
  const [resource] = app.azure.arm.resources.values();
  expect(resource && holdsKey(app, resource)).toBe(true);
});

test('an alert is answered with 503 within the budget, and its retry with 202 since the tags have the notice', async () => {
  const app = await createBrief('newSignalR');
  app.pass(2 * day);
  const release = hang(app, 'signalr.regenerateKey');
  const alert = commonAlert(raiseNotice(app));
  expect((await app.postNotice(alert)).status).toBe(503);
  app.restart();
  expect((await app.postNotice(alert)).status).toBe(202);
  release();
  await until(() => /service-working/.test(app.tags()['RotationPhase'] ?? ''));
  await app.run(2 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  expect(countAnswered(app)).toBe(2);
});

test('duplicates of an event start nothing while its first handler is late', async () => {
  const app = await createBrief('newBatch');
  const release = hang(app, 'batch.regenerateKey');
  const effect = { kind: 'duplicate', times: 5, afterMs: 1_000 } as const;
  app.azure.eventGrid.faults.plan({ eventType: 'Microsoft.KeyVault.SecretNearExpiry', effect });
  app.azure.eventGrid.emit('SecretNearExpiry', app.vault, 'secret');
  await app.runEvents(30 * day + 10_000);
  release();
  await until(() => isPublished(app));
  expect(countAnswered(app)).toBe(1);
});

/** Delivers while a request hangs, and lets it fail after the handler has answered. */
async function deliverAndFailLate(app: TestApp, operation: string): Promise<void> {
  app.restart({}, brief);
  const effect = { kind: 'status', status: 503 } as const;
  const fault = app.azure.core.faults.plan({ operation, lasting: true, effect });
  const release = hang(app, operation);
  await app.deliverEvents();
  release();
  await until(() => app.messages.some(({ data }) => data['ended'] === 'badly'));
  fault.remove();
  app.restart();
}

test('the redelivered event repairs a key when the first handler was late and then failed', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.azure.eventGrid.regenerate(resource, 'Primary');
  await deliverAndFailLate(app, 'getSecret');
  expect([app.notes().includes('over-budget'), holdsKey(app, resource)]).toEqual([true, false]);
  await app.runEvents(hour);
  expect(holdsKey(app, resource)).toBe(true);
});

test('a notice that only an event carried is not lost when its handler was late and then failed', async () => {
  const { app, service } = await createAdoptedSignalR();
  const deadline = later(app.clock.now(), 12 * hour).toISOString();
  publishNotice(app, 'mail', { resources: [service.id], deadline });
  await deliverAndFailLate(app, 'listSecrets');
  expect(startCauses(app)).toEqual([]);
  await app.runEvents(hour);
  expect(startCauses(app)).toEqual(['notice']);
});
