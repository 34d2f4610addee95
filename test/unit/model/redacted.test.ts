import { randomBytes } from 'node:crypto';
import { redact } from '../../../lib/model/redacted.ts';

test.each([
  ['a key of a Batch account', randomBytes(64).toString('base64')],
  ['a key of a SignalR service', randomBytes(32).toString('base64')],
  ['a key as a URL carries it', randomBytes(32).toString('base64url')],
  ['a token', `eyJ${randomBytes(30).toString('base64url')}.${randomBytes(60).toString('base64url')}`],
])('promise 7: %s does not pass', (_sentence, secret) => {
  const text = redact(`found "${secret}" in a log, and AccessKey=${secret}; too`);
  for (const part of secret.split('.')) expect(text).not.toContain(part);
  expect(text).toContain('[redacted]');
});

test('what people write passes', () => {
  const text = 'Incident 4711: the primary key was in a public repository (see ticket OPS-12).';
  expect(redact(text)).toBe(text);
});
