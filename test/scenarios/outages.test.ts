import { hour, minute } from '../../lib/model/clock.ts';
import { createDueBatchKey } from '../support/accessKeys.ts';
import type { TestApp } from '../support/createTestApp.ts';

/** The events of the log about the secret, of which a receiver would know some by their id already. */
function failuresOf(app: TestApp): { readonly reason: string; readonly id: string }[] {
  return app.messages.flatMap(({ type, id, data }) =>
    /Failed|Held/.test(type) ? [{ reason: `${type.split('.').at(-1)} ${data.reason}`, id: id ?? '' }] : [],
  );
}

const down = { kind: 'status', status: 503 } as const;

/**
 * Failures that the tags cannot remember, because the secret cannot be read or written, or its tags are not ours to
 * write.
 */
type Outage = [sentence: string, begin: (app: TestApp) => () => void, announced: string];
const vaultDown: Outage = [
  'a vault that is down',
  (app) => app.azure.core.faults.plan({ operation: 'getSecret', lasting: true, effect: down }).remove,
  'Failed outage',
];
const brokenTags: Outage = [
  'tags that a person broke',
  (app) => {
    const tags = app.tags();
    app.vault.update('secret', { tags: { ...tags, RotationOverlap: 'soon' } });
    return () => app.vault.update('secret', { tags });
  },
  'Held bad-tags',
];
const missingRole: Outage = [
  'a missing role',
  (app) => {
    app.vault.rules.denied.set('getSecret', 'ForbiddenByRbac');
    return () => {
      app.vault.rules.denied.clear();
    };
  },
  'Held forbidden',
];

test.each([vaultDown, missingRole, brokenTags])(
  'promise 10: a failure that no tag remembers is announced once an outage: %s',
  async (_sentence, begin, reason) => {
    const { app } = await createDueBatchKey({ KEYTURN_FROZEN_PHASES: 'revoke' });
    const end = begin(app);
    await app.runTimers(20 * minute, minute);
    await app.runTimers(3 * hour);
    expect(failuresOf(app).map((each) => each.reason)).toEqual([reason]);
    end();
    await app.runTimers(2 * hour);
    expect(app.announced()).toContain('Rotation.CredentialPublished published');
  },
);

test('promise 10: the next outage of a vault is another event, also in the same rotation', async () => {
  const [, begin, reason] = vaultDown;
  const { app } = await createDueBatchKey();
  const first = begin(app);
  await app.runTimers(20 * minute, minute);
  first();
  await app.runTimers(20 * minute);
  const second = begin(app);
  app.pass(hour);
  await app.runTimers(20 * minute, minute);
  second();
  const [one, other, ...more] = failuresOf(app);
  expect([one?.reason, other?.reason, more]).toEqual([reason, reason, []]);
  expect(one?.id).not.toBe(other?.id);
});

test('promise 10: a restart in an outage may announce it once more', async () => {
  const { app } = await createDueBatchKey();
  app.azure.core.faults.plan({ operation: 'getSecret', lasting: true, effect: down });
  await app.runTimers(20 * minute, minute);
  app.restart();
  await app.runTimers(20 * minute, minute);
  expect(failuresOf(app)).toHaveLength(2);
});

test('promise 10: corrected tags are taken up by the next sweep, and announced again if they break again', async () => {
  const [, begin, reason] = brokenTags;
  const { app } = await createDueBatchKey();
  const end = begin(app);
  await app.sweep();
  end();
  await app.sweep();
  expect(app.announced()).toContain('Rotation.CredentialPublished published');
  app.pass(minute);
  begin(app);
  await app.sweep();
  const ids = new Set(failuresOf(app).map(({ id }) => id));
  expect([failuresOf(app).map((each) => each.reason), ids.size]).toEqual([[reason, reason], 2]);
});
