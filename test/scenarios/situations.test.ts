import { minute } from '../../lib/model/clock.ts';
import { resources } from './situations/resources.ts';
import { tags, values } from './situations/secrets.ts';
import { services, vaults } from './situations/services.ts';
import { createTestApp } from '../support/createTestApp.ts';

describe.each([
  ['tags', tags],
  ['the value', values],
  ['the resource', resources],
  ['the service', services],
  ['the vault', vaults],
])('%s', (_part, rows) => {
  test.each(rows)('$sentence: $reason, and no key and no value is changed', async ({ arrange, reason, code }) => {
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
  });
});

test.each(resources.filter(({ reason }) => reason === 'shared-key-disabled'))(
  'of $sentence no key operation is called',
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

test('15 tags of the user’s own: they are all still there, and nothing is sent to the vault', async () => {
  const app = await createTestApp();
  await tags.find(({ reason }) => reason === 'too-many-tags')?.arrange(app);
  const before = app.tags();
  await app.sweep();
  expect(app.tags()).toEqual(before);
  expect(app.azure.core.journal.calls.map(({ operation }) => operation)).not.toContain('updateSecret');
});
