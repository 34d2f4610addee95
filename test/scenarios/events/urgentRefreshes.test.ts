import { hour, minute } from '../../../lib/model/clock.ts';
import type { Site } from '../../../infra/azure-emulator/src/index.ts';
import { value } from '../situations/play.ts';
import { adopted, told, type Wired } from '../../support/wired.ts';
import { app, published, refreshes, target } from './apps.ts';

const names = ['api', 'jobs', 'shop', 'web'];

/** A target that has settled, used by four apps on one plan. */
async function used() {
  const { b, account } = await target({ KEYTURN_OVERLAP: 'PT25H' });
  const sites = names.map((name) => app(b, name));
  b.pass(26 * hour);
  return { b, account, sites };
}

function values(sites: readonly Site[]): readonly unknown[] {
  return sites.map((site) => site.value('KEY'));
}

test('a repaired key: every app of a plan is refreshed at once, since all of them fail', async () => {
  const { b, account, sites } = await used();
  b.azure.eventGrid.regenerate(account, 'Primary');
  const since = b.clock.now();
  await b.events(minute);
  expect(refreshes(b, since).toSorted()).toEqual(names.map((name) => `${name} after 0`));
  expect(values(sites)).toEqual(names.map(() => value(b)));
});

test('a leaked key: every app of a plan has the new one before the leaked one ends', async () => {
  const { b, sites } = await used();
  const wanted = { vault: b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  expect((await b.post(wanted)).status).toBe(202);
  b.pass(5_000);
  expect(values(sites)).toEqual(names.map(() => value(b)));
  await b.live(10 * minute);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('a leaked key: an app that could not be reached in its five minutes is refreshed when it can be', async () => {
  const { b, sites } = await used();
  const effect = { kind: 'status', status: 503 } as const;
  const outage = b.azure.core.faults.plan({ path: /sites\/web/, lasting: true, effect });
  await b.post({ vault: b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  await b.live(30 * minute);
  expect([told(b).at(-1), sites.at(-1)?.value('KEY') === value(b)]).toEqual(['Rotation.Completed completed', false]);
  outage.remove();
  await b.live(20 * minute);
  expect(values(sites)).toEqual(names.map(() => value(b)));
});

test('a live key that is regenerated twice in a row: apps are refreshed for the second repair too', async () => {
  const { b, account, sites } = await used();
  const since = b.clock.now();
  for (let times = 0; times < 2; times += 1) {
    b.azure.eventGrid.regenerate(account, 'Primary'); // which the repair publishes anew
    await b.events(minute);
    expect(values(sites)).toEqual(names.map(() => value(b)));
  }
  expect(refreshes(b, since).filter((each) => each.startsWith('web'))).toHaveLength(2);
});

test('a key that dies in mid-settle: apps that were refreshed a minute ago are refreshed again, at once', async () => {
  const { b, account, sites } = await used();
  await published(b);
  await b.live(21 * minute);
  b.azure.eventGrid.regenerate(account, 'Secondary'); // which is live now
  await b.events(minute);
  expect(values(sites)).toEqual(names.map(() => value(b)));
});

interface Stubborn {
  readonly sentence: string;
  readonly make: (b: Wired) => Site;
  readonly refreshes: number;
}

const both = { KeyturnSecrets: 'kv/secret kv/other' };
const stubborn: readonly Stubborn[] = [
  {
    sentence: 'names the secret by tag and has no reference to it',
    make: (b) => app(b, 'x', { settings: {} }),
    refreshes: 0,
  },
  { sentence: 'never shows a new version', make: (b) => app(b, 'x', { restartMs: 90 * 24 * hour }), refreshes: 2 },
  {
    sentence: 'uses two secrets and never shows a new version of either',
    make: (b) => {
      const settings = { KEY: `${b.vault.uri}/secrets/secret`, OTHER: `${b.vault.uri}/secrets/other` };
      return app(b, 'x', { restartMs: 90 * 24 * hour, tags: both, settings });
    },
    refreshes: 4,
  },
];

test.each(stubborn)('an app that $sentence is not restarted again and again', async ({ make, refreshes: most }) => {
  const { b } = await target({ KEYTURN_OVERLAP: 'PT1H' }, { tags: { RotationOptions: 'wait-for-consumers' } });
  await adopted(b, await b.newSignalR(), 30, { name: 'other' });
  b.pass(26 * hour);
  make(b);
  const since = await published(b, 'secret', 'other');
  await b.live(4 * hour);
  expect(refreshes(b, since).length).toBeLessThanOrEqual(most);
});

test('an app with a pinned and a free reference is refreshed for the free one', async () => {
  const { b } = await target();
  const url = `${b.vault.uri}/secrets/secret`;
  const pinned = `${url}/${b.vault.current('secret')?.version ?? ''}`;
  const site = app(b, 'web', { settings: { KEY: url, OLD: pinned } });
  const since = await published(b);
  await b.live(40 * minute);
  expect([refreshes(b, since), site.value('KEY')]).toEqual([['web after 5'], value(b)]);
});
