import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import { keyturn } from '../../../lib/app.ts';
import { day, hour, minute } from '../../../lib/model/clock.ts';
import { request } from '../../support/bench.ts';
import { endpoint } from '../../end-to-end/endpoint.ts';
import { value } from '../situations/play.ts';
import { adopted, noted, subscriptionId, told, wired, type Wired } from '../../support/wired.ts';
import { raise, tellByEvent } from './noticed.ts';

const brief = { eventMs: 150, noticeMs: 150 };

interface Hurried {
  readonly b: Wired;
  readonly app: ReturnType<typeof keyturn>;
}

/** An app whose budgets are short, and a target of the kind at rest. */
async function hurried(kind: 'newBatch' | 'newSignalR'): Promise<Hurried> {
  const b = await wired();
  await adopted(b, await b[kind]());
  const app = keyturn(b.core, new Map(), brief);
  b.azure.eventGrid.settings.deliver = endpoint(() => app);
  return { b, app };
}

/** Requests for this operation are held up until it is opened, in real time: Azure takes minutes. */
function gate({ azure: { core } }: Wired, operation: string): () => void {
  const { strike } = core.faults;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  core.faults.strike = async (call) => {
    if (call.operation === operation) await opened;
    return strike(call);
  };
  return open;
}

/** Regenerates that Azure carried out. */
function regenerated({ azure: { core } }: Wired): number {
  return core.journal.calls.filter(
    ({ operation, status }) => operation.endsWith('.regenerateKey') && status !== undefined,
  ).length;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Handler {
  readonly name: string;
  readonly kind: 'newBatch' | 'newSignalR';
  readonly slow: string;
  readonly regenerates: number;
  /** What no timer would find again soon is to be delivered once more. */
  readonly again: boolean;
  readonly act: (hurried: Hurried) => Promise<void>;
}

const handlers: readonly Handler[] = [
  {
    name: 'of Key Vault events',
    kind: 'newBatch',
    slow: 'batch.regenerateKey',
    regenerates: 1,
    again: false,
    act: async ({ b }) => {
      b.pass(30 * day);
      await b.deliver();
    },
  },
  {
    name: 'of resource events',
    kind: 'newBatch',
    slow: 'setSecret',
    regenerates: 0,
    again: true,
    act: async ({ b }) => {
      const [account] = b.azure.arm.resources.values();
      if (account) b.azure.eventGrid.regenerate(account, 'Primary');
      await b.deliver();
    },
  },
  {
    name: 'of phases that are due',
    kind: 'newBatch',
    slow: 'batch.regenerateKey',
    regenerates: 1,
    again: false,
    act: async ({ b }) => {
      b.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', effect: { kind: 'drop' } });
      b.pass(30 * day + minute);
      await b.deliver();
      await b.sweep('generate');
      await b.deliver();
    },
  },
  {
    name: 'of notices by event',
    kind: 'newSignalR',
    slow: 'signalr.regenerateKey',
    regenerates: 1,
    again: true,
    act: async ({ b }) => {
      b.pass(2 * day);
      tellByEvent(b, 'mail-1', { subscriptions: [subscriptionId] });
      await b.deliver();
    },
  },
];

test.each(handlers)('the handler $name answers in time though Azure does not, and the work ends', async (handler) => {
  const { kind, slow, act, regenerates, again } = handler;
  const all = await hurried(kind);
  const { b } = all;
  const open = gate(b, slow);
  await act(all);
  expect(noted(b).at(-1)).toBe('over-budget');
  expect(b.delivered().filter((each) => /: (4|5|timeout)/.test(each))).toHaveLength(again ? 1 : 0);
  expect(told(b)).not.toContain('Rotation.CredentialPublished published');
  open();
  await until(() => told(b).includes('Rotation.CredentialPublished published'));
  expect(regenerated(b)).toBe(regenerates);
});

test.each(handlers)(
  'the handler $name, whose process ends in the meantime: the timers see to the end',
  async (handler) => {
    const { kind, slow, act, regenerates } = handler;
    const all = await hurried(kind);
    const { b } = all;
    const { strike } = b.azure.core.faults;
    gate(b, slow); // and never opened
    await act(all);
    b.azure.core.faults.strike = strike;
    await b.live(2 * hour + 30 * minute);
    expect(told(b).at(-1)).toBe('Rotation.Completed completed');
    expect(regenerated(b)).toBe(2 * regenerates);
    const [resource] = b.azure.arm.resources.values();
    expect(resource && Object.values(b.keys(resource)).some((key) => value(b)?.includes(key))).toBe(true);
  },
);

test('an alert is answered in time with 503, and the retry finds what the first one began', async () => {
  const { b, app } = await hurried('newSignalR');
  b.pass(2 * day);
  const open = gate(b, 'signalr.regenerateKey');
  const alert = commonAlert(raise(b));
  expect((await app.notices(request(alert))).status).toBe(503);
  expect((await app.notices(request(alert))).status).toBe(202); // it stands in the tags
  open();
  await until(() => /service-working/.test(b.tags()['RotationPhase'] ?? ''));
  await b.live(2 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
  expect(regenerated(b)).toBe(2);
});

test('while one handler is late the same event comes again: nobody else begins, and nothing is sent twice', async () => {
  const { b } = await hurried('newBatch');
  const open = gate(b, 'batch.regenerateKey');
  const effect = { kind: 'duplicate', times: 5, afterMs: 1_000 } as const;
  b.azure.eventGrid.faults.plan({ eventType: 'Microsoft.KeyVault.SecretNearExpiry', effect });
  b.azure.eventGrid.emit('SecretNearExpiry', b.vault, 'secret');
  await b.events(30 * day + 10_000);
  open();
  await until(() => told(b).includes('Rotation.CredentialPublished published'));
  expect(regenerated(b)).toBe(1);
});
