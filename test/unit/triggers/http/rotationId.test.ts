import fc from 'fast-check';
import { parseRotationId, rotationIdOf } from '../../../../lib/triggers/http/rotationId.ts';

test('an id is made of secret and start, and fits a path', () => {
  const name = fc.stringMatching(/^[0-9A-Za-z-]{1,127}$/);
  const host = fc.stringMatching(/^[a-z][a-z0-9-]{2,20}\.vault\.azure\.net$/);
  fc.assert(
    fc.property(name, host, fc.integer({ min: 0, max: 4_000_000_000 }), (secret, vault, seconds) => {
      const named = { secret: { vaultUrl: `https://${vault}`, name: secret }, start: new Date(seconds * 1000) };
      const id = rotationIdOf(named);
      expect(id).toMatch(/^[\w-]+$/);
      expect(parseRotationId(id)).toEqual({ ...named, secret: { ...named.secret, name: secret.toLowerCase() } });
    }),
  );
});

test('any text is an id or none', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const named = parseRotationId(text);
      if (named) expect(parseRotationId(rotationIdOf(named))).toEqual(named);
    }),
  );
});

test.each([
  ['nothing', ''],
  ['no start', 'https://kv.vault.azure.net/secrets/a'],
  ['no secret', '1772413200 '],
  ['another protocol', '1772413200 http://kv.vault.azure.net/secrets/a'],
  ['a path beyond the secret', '1772413200 https://kv.vault.azure.net/secrets/a/../b'],
])('%s is no id', (_sentence, text) => {
  expect(parseRotationId(Buffer.from(text).toString('base64url'))).toBeUndefined();
});
