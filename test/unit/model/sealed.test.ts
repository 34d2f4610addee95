import { inspect } from 'node:util';
import { fingerprintOf, Sealed } from '../../../lib/model/sealed.ts';

const key = 'c2VjcmV0LWtleS1tYXRlcmlhbA==';
const sealed = new Sealed(key);
const wrapped = { inspection: { live: { id: 'Primary', value: sealed } } };

test.each([
  ['as text', () => String(sealed)],
  ['in a template', () => `the key is ${sealed.toString()}`],
  ['as JSON', () => JSON.stringify(wrapped)],
  ['inspected', () => inspect(wrapped, { depth: null, showHidden: true })],
  ['inspected by a formatter', () => inspect([sealed], { compact: false, getters: true })],
  ['in an error', () => inspect(new Error('no', { cause: sealed }))],
  ['as its own properties', () => Object.entries(sealed).flat().join()],
])('promise 7: key material printed %s is its fingerprint', (_sentence, printed) => {
  expect(printed()).not.toContain(key);
  expect(printed()).toContain(sealed.fingerprint);
});

test('only opening gives it away', () => {
  expect(sealed.open()).toBe(key);
});

test('a fingerprint is the first 12 hex digits of SHA-256', () => {
  expect(fingerprintOf('abc')).toBe('ba7816bf8f01');
});
