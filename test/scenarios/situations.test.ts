import { minute } from '../../lib/model/clock.ts';
import { resources, services, tags, values, vaults } from './situations/problems.ts';
import { createTestApp } from '../support/createTestApp.ts';

describe.each([
  ['tags', tags],
  ['the value', values],
  ['the resource', resources],
  ['the service', services],
  ['the vault', vaults],
])('%s', (_part, rows) => {
  test.each(rows)(
    '$sentence is announced as $reason, and no key or value is changed',
    async ({ arrange, reason, code }) => {
      const app = await createTestApp();
      await arrange(app);
      const keys = () => [...app.azure.arm.resources.values()].map((resource) => app.keys(resource));
      const before = { keys: keys(), value: app.vault.current('secret')?.value };
      for (let sweeps = 0; sweeps < 4; sweeps += 1) {
        await app.sweep();
        app.pass(5 * minute);
      }
      expect([...app.reasons()]).toContain(reason);
      if (code !== undefined) expect([...app.codes()]).toContain(code);
      expect(keys()).toEqual(before.keys);
      expect(app.vault.versions('secret').map(({ value }) => value)).toEqual([before.value]);
    },
  );
});

test.each(resources.filter(({ reason }) => reason === 'shared-key-disabled'))(
  'no key operation is called for $sentence',
  async ({ arrange }) => {
    const app = await createTestApp();
    await arrange(app);
    await app.sweep();
    app.pass(60 * minute);
    await app.sweep();
    const operations = app.azure.core.journal.calls.map(({ operation }) => operation);
    expect(operations.filter((name) => /\.(get|listKeys|regenerateKey)$/.test(name))).not.toContainEqual(
      expect.stringMatching(/Key/),
    );
  },
);

test('a secret with 15 tags of its owner keeps them, and nothing is written to the vault', async () => {
  const app = await createTestApp();
  await tags.find(({ reason }) => reason === 'too-many-tags')?.arrange(app);
  const before = app.tags();
  await app.sweep();
  expect(app.tags()).toEqual(before);
  expect(app.azure.core.journal.calls.map(({ operation }) => operation)).not.toContain('updateSecret');
});
