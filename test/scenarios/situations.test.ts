import { minute } from '../../lib/model/clock.ts';
import { bench } from '../support/bench.ts';
import { resources } from './situations/resources.ts';
import { tags, values } from './situations/secrets.ts';
import { services, vaults } from './situations/services.ts';

describe.each([
  ['tags', tags],
  ['the value', values],
  ['the resource', resources],
  ['the service', services],
  ['the vault', vaults],
])('%s', (_part, rows) => {
  test.each(rows)('$sentence: $reason, and no key and no value is changed', async ({ arrange, reason, code }) => {
    const b = await bench();
    await arrange(b);
    const keys = () => [...b.azure.arm.resources.values()].map(b.keys);
    const before = { keys: keys(), value: b.vault.current('secret')?.value };
    for (let sweeps = 0; sweeps < 4; sweeps += 1) {
      await b.sweep();
      b.pass(5 * minute);
    }
    expect([...b.reasons()]).toContain(reason);
    if (code !== undefined) expect([...b.codes()]).toContain(code);
    expect(keys()).toEqual(before.keys);
    expect(b.vault.versions('secret').map(({ value }) => value)).toEqual([before.value]);
  });
});

test.each(resources.filter(({ reason }) => reason === 'shared-key-disabled'))(
  'of $sentence no key operation is called',
  async ({ arrange }) => {
    const b = await bench();
    await arrange(b);
    await b.sweep();
    b.pass(60 * minute);
    await b.sweep();
    const operations = b.azure.core.journal.calls.map(({ operation }) => operation);
    expect(operations.filter((name) => /\.(get|listKeys|regenerateKey)$/.test(name))).not.toContainEqual(
      expect.stringMatching(/Key/),
    );
  },
);

test('15 tags of the user’s own: they are all still there, and nothing is sent to the vault', async () => {
  const b = await bench();
  await tags.find(({ reason }) => reason === 'too-many-tags')?.arrange(b);
  const before = b.tags();
  await b.sweep();
  expect(b.tags()).toEqual(before);
  expect(b.azure.core.journal.calls.map(({ operation }) => operation)).not.toContain('updateSecret');
});
