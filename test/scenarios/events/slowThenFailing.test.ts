import { keyturn } from '../../../lib/app.ts';
import { hour, later } from '../../../lib/model/clock.ts';
import { endpoint } from '../../end-to-end/endpoint.ts';
import { noted, type Wired } from '../../support/wired.ts';
import { target } from './apps.ts';
import { isAlive } from './keys.ts';
import { causes, resting, tellByEvent } from './noticed.ts';

/** The next request for this operation hangs until it is let go, in real time, and fails then. */
function hangsAndFails({ azure: { core } }: Wired, operation: string): () => void {
  const { strike } = core.faults;
  let letGo: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (letGo = resolve));
  core.faults.plan({ operation, effect: { kind: 'status', status: 503 } });
  core.faults.strike = async (call) => {
    if (call.operation === operation) {
      core.faults.strike = strike;
      await over;
    }
    return strike(call);
  };
  return letGo;
}

/** Delivers while Azure is slow, and lets the slow request fail after the answer. */
async function deliverSlowly(b: Wired, operation: string): Promise<void> {
  const app = keyturn(b.core, new Map(), { eventMs: 100, noticeMs: 100 });
  b.azure.eventGrid.settings.deliver = endpoint(() => app);
  const letGo = hangsAndFails(b, operation);
  await b.deliver();
  letGo();
  while (!b.said().some(({ data }) => data['ended'] === 'badly')) await new Promise((done) => setTimeout(done, 5));
}

test('a regenerated key whose event took too long and then failed is repaired by the event that comes again', async () => {
  const { b, account } = await target();
  b.azure.eventGrid.regenerate(account, 'Primary');
  await deliverSlowly(b, 'getSecret');
  expect([noted(b).includes('over-budget'), isAlive(b, account)]).toEqual([true, false]);
  await b.events(hour); // no timer
  expect(isAlive(b, account)).toBe(true);
});

test('a notice of which only an event told, and whose vault hung and then failed, is not lost', async () => {
  const { b, service } = await resting();
  tellByEvent(b, 'mail', { resources: [service.id], deadline: later(b.clock.now(), 12 * hour).toISOString() });
  await deliverSlowly(b, 'listSecrets');
  expect(causes(b)).toEqual([]);
  await b.events(hour);
  expect(causes(b)).toEqual(['notice']);
});
