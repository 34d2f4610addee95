import fc from 'fast-check';
import { Sealed } from '../../../lib/model/sealed.ts';
import { checkConnectionString, keyIn, withKey } from '../../../lib/providers/connectionString.ts';

const host = 'chat.service.signalr.net';
const key = 'b2xkLWtleS1vZi1zaWduYWxyLXNlcnZpY2UtMzI=';
const next = new Sealed('bmV3LWtleS1vZi1zaWduYWxyLXNlcnZpY2UtMzI=');

const forms: [sentence: string, before: string, after: string][] = [
  ['as the portal shows it', `Endpoint=https://${host};AccessKey=`, ';Version=1.0;'],
  ['without an end', `Endpoint=https://${host};AccessKey=`, ''],
  ['with names in any case', `endpoint=https://${host};ACCESSKEY=`, ';version=1.0'],
  ['with the key first', 'AccessKey=', `;Endpoint=https://${host}`],
  ['with blanks', ` Endpoint = https://${host} ; AccessKey = `, ' ; Version=1.0 ;'],
  [
    'with a gateway before it',
    `Endpoint=https://${host};ClientEndpoint=https://chat.example.com/a?b=c;ServerEndpoint=https://s.example.com;AccessKey=`,
    ';Version=1.0;Port=443;',
  ],
  ['as a bare key', '', ''],
];

describe('a value of SignalR', () => {
  test.each(forms)('%s: its key is found', (_sentence, before, after) => {
    expect(keyIn(new Sealed(`${before}${key}${after}`)).open()).toBe(key);
  });

  test.each(forms)('R13: %s: only the key changes, and it is in there', (_sentence, before, after) => {
    const written = withKey(next, new Sealed(`${before}${key}${after}`));
    expect(written.open().replaceAll(' ', '')).toBe(`${before}${next.open()}${after}`.replaceAll(' ', ''));
    expect(keyIn(written).open()).toBe(next.open());
  });
});

test('whatever the other parts: they stay letter by letter', () => {
  const name = fc.stringMatching(/^[A-Za-z]{1,12}$/).filter((word) => word.toLowerCase() !== 'accesskey');
  const part = fc.tuple(name, fc.stringMatching(/^[ -:<-~]{0,20}$/)).map(([left, right]) => `${left}=${right}`);
  fc.assert(
    fc.property(fc.array(part), fc.array(part), (before, after) => {
      const text = (own: string) => [...before, `AccessKey=${own}`, ...after].join(';');
      expect(withKey(next, new Sealed(text(key))).open()).toBe(text(next.open()));
    }),
    { numRuns: 1_000 },
  );
});

test('a key with signs that mean something to a replacement is written as it is', () => {
  const odd = new Sealed('a$&b$1c$$d');
  expect(withKey(odd, new Sealed('AccessKey=x;Version=1.0')).open()).toBe('AccessKey=a$&b$1c$$d;Version=1.0');
});

test.each([
  ['one for Microsoft Entra ID', `Endpoint=https://${host};AuthType=azure.msi;`, 'entra-connection-string'],
  ['the same in another case', `endpoint=https://${host};authtype=AZURE`, 'entra-connection-string'],
  ['one of another service', `Endpoint=https://other.service.signalr.net;AccessKey=${key}`, 'endpoint-not-of-resource'],
  ['one with another port', `Endpoint=https://${host}:8080;AccessKey=${key}`, 'endpoint-not-of-resource'],
  ['one that names no host', `Endpoint=nowhere;AccessKey=${key}`, 'endpoint-not-of-resource'],
])('a connection string is refused: %s', (_sentence, text, reason) => {
  expect(checkConnectionString(new Sealed(text), host)).toEqual({ is: 'invalid', reason });
});

test.each([
  ['its own', `Endpoint=https://${host};AccessKey=${key};Version=1.0;`],
  ['its own in capitals', `Endpoint=HTTPS://${host.toUpperCase()}/;AccessKey=${key}`],
  ['its own with the port of https', `Endpoint=https://${host}:443;AccessKey=${key}`],
  ['a bare key', key],
])('a connection string is taken: %s', (_sentence, text) => {
  expect(checkConnectionString(new Sealed(text), host)).toEqual({ is: 'valid' });
});

test.each([
  ['a custom domain', `Endpoint=https://chat.contoso.com;AccessKey=${key};Version=1.0;`],
  ['a host that only begins like ours', `Endpoint=https://${host}.example.com;AccessKey=${key}`],
])('R40: %s is kept and noted', (_sentence, text) => {
  expect(checkConnectionString(new Sealed(text), host)).toEqual({
    is: 'valid',
    evidence: { reason: 'endpoint-custom' },
  });
  expect(withKey(next, new Sealed(text)).open()).toBe(text.replace(key, next.open()));
});

test.each([
  ['its sign-in by key', `Endpoint=https://${host};AuthType=AccessKey;AccessKey=${key}`, { is: 'valid' }],
  ['another service in another cloud', `Endpoint=https://x.signalr.azure.cn;AccessKey=${key}`, { is: 'invalid' }],
  ['a sign-in without a key', `Endpoint=https://${host};AuthType=azure.msi;AccessKey=${key}`, { is: 'invalid' }],
])('R40: a string that names %s', (_sentence, text, expected) => {
  expect(checkConnectionString(new Sealed(text), host)).toMatchObject(expected);
});

test('R40: a bare key is read without the white space around it', () => {
  expect(keyIn(new Sealed(` ${key}\r\n`)).open()).toBe(key);
});
