import { day, hour, minute } from '../../../lib/model/clock.ts';
import { cmkTags, createAccountWithKey } from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

/** Sweeps call these once for all targets. */
const ofSweeps = ['listSecrets', 'resourceGraph.query'];

const look = ['batch.get', 'getKey'];
/** At rest the app also checks whether the account has access to its key. */
const lookAtRest = ['batch.get', 'pool.list', 'getKey'];
/** The intent, the account, the secret; then the proof, the old secret version and idle. */
const publish = ['updateSecret', 'batch.get', 'batch.update', 'setSecret'];
const verify = [...look, 'updateSecret', 'updateSecret'];

/** An adopted key that is due in 30 days. */
async function resting() {
  const target = await createAccountWithKey();
  const { app } = target;
  app.newSecret(target.account, { value: target.first, ageDays: 30, tags: cmkTags });
  await app.sweep('generate');
  await app.deliverEvents();
  const one = async (act: () => Promise<unknown>) =>
    (await app.callsDuring(act)).filter((call) => !ofSweeps.includes(call));
  return { ...target, one };
}

test('a rotation that makes a version takes 15 calls', async () => {
  const { app, one } = await resting();
  app.pass(31 * day);
  const calls = await one(() => app.sweep('generate'));
  const generate = ['updateSecret', 'getKey', 'rotateKey'];
  expect(calls).toEqual(['getSecret', ...lookAtRest, ...generate, ...publish, ...verify]);
  expect(calls).toHaveLength(15);
});

test('a rotation that adopts a version takes 12 calls', async () => {
  const { app, one } = await resting();
  app.vault.createKey('cmk');
  const calls = await one(() => app.sweep('generate', 'verify').then(() => app.runEvents(5 * minute)));
  const twelve = ['getSecret', ...lookAtRest, ...publish, ...verify];
  expect(calls.slice(0, 12)).toEqual(twelve);
  expect(calls.slice(12).every((call) => call === 'getSecret')).toBe(true); // events about our own version
});

test('a target at rest takes 4 calls in six hours', async () => {
  const { app, one } = await resting();
  await app.runEvents(minute);
  expect(await one(() => app.run(6 * hour))).toEqual(['getSecret', ...lookAtRest]);
});
