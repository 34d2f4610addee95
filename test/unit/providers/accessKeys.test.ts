import { plainly } from './stage.ts';
import { Buffer } from 'node:buffer';
import { valid } from '../../../lib/model/check.ts';
import { Sealed } from '../../../lib/model/sealed.ts';
import type { State } from '../../../lib/model/state.ts';
import { accessKeys, sealKeys, type AccessKeys } from '../../../lib/providers/accessKeys.ts';
import type { ProviderInput } from '../../../lib/providers/provider.ts';
import { keyFingerprint, newBinding, onDay, situation, target } from '../decide/situation.ts';

const base64 = (key: string) => Buffer.from(key).toString('base64');
const pending = { is: 'pending', reason: 'service-working', until: onDay(61) } as const;

function keysOf(primary: string, secondary: string) {
  return sealKeys(base64(primary), base64(secondary));
}

function providerFor(keys = keysOf('p0', 's0'), different: Partial<AccessKeys> = {}) {
  return accessKeys({
    kind: 'batch-key',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 1,
    readiness: () => Promise.resolve({ readiness: valid, host: 'acct.host' }),
    keys: () => Promise.resolve(keys),
    regenerate: (_input, slot) => Promise.resolve(slot === 'Primary' ? keysOf('p1', 's0') : pending),
    prove: (_input, key, control) =>
      Promise.resolve({ is: 'unknown', reason: 'proof-unknown', code: `${key.open()} ${control?.open() ?? 'alone'}` }),
    valueCheck: (_value, host) => (host ? valid : { is: 'invalid', reason: 'endpoint-not-of-resource' }),
    keyIn: (value) => value,
    render: (key) => key,
    ...different,
  });
}

function inputWith(inSecret: string, state: Partial<State> = { stateBinding: newBinding() }, tag = 'Primary') {
  const { secret } = situation();
  const value = new Sealed(base64(inSecret));
  const tags = { CredentialId: tag };
  return {
    target,
    secret: { ...secret, value, tags },
    state: { refusals: 0, ...state },
    now: onDay(60),
  } as ProviderInput;
}

test.each([
  [
    'the value names the live slot, not the tag',
    keysOf('p0', 's0'),
    inputWith('s0'),
    'Secondary',
    'Primary',
    undefined,
  ],
  ['a standby as it was remembered is not new', keysOf('p0', 's0'), inputWith('p0'), 'Primary', 'Secondary', undefined],
  ['a standby that changed since is next', keysOf('p0', 's1'), inputWith('p0'), 'Primary', 'Secondary', 'Secondary'],
  ['without a bound state nothing is next', keysOf('p0', 's1'), inputWith('p0', {}), 'Primary', 'Secondary', undefined],
  [
    'of a dead value the slot that changed is next',
    keysOf('p0', 's1'),
    inputWith('x'),
    undefined,
    undefined,
    'Secondary',
  ],
  ['of a dead value else the first slot is', keysOf('p0', 's0'), inputWith('x'), undefined, undefined, 'Primary'],
])('R2, R18: %s', async (_sentence, keys, input, live, standby, next) => {
  const found = await providerFor(keys).inspect(input);
  expect([found.live?.id, found.standby?.id, found.next?.id]).toEqual([live, standby, next]);
  expect(found).toMatchObject({
    readiness: valid,
    host: 'acct.host',
    credentials: [{ id: 'Primary' }, { id: 'Secondary' }],
  });
});

test.each([
  ['Secondary', 'Secondary'],
  [' secondary ', 'Secondary'],
  ['tertiary', 'Primary'],
])('a dead value under the tag %j is the credential %s', async (tag, id) => {
  const found = await providerFor().inspect(inputWith('x', {}, tag));
  expect(found.secretCredential).toMatchObject({ id, fingerprint: keyFingerprint('x') });
  expect(providerFor().secretCredential(inputWith('x', {}, tag))).toMatchObject({ id });
});

test('keys are read only where the resource and the value are ready', async () => {
  const keys = () => Promise.reject(new Error('Keys were read.'));
  const off = { is: 'invalid', reason: 'shared-key-disabled' } as const;
  const readiness = { readiness: off, host: 'acct.host' };
  const closed = providerFor(undefined, { keys, readiness: () => Promise.resolve(readiness) });
  expect(await closed.inspect(inputWith('p0'))).toMatchObject({ readiness: off, credentials: [] });
  const wrong = providerFor(undefined, { keys, readiness: () => Promise.resolve({ readiness: valid }) });
  const found = await wrong.inspect(inputWith('p0'));
  expect(found.readiness).toMatchObject({ reason: 'endpoint-not-of-resource' });
  expect(found).not.toHaveProperty('host', expect.anything());
  const remembered = { ...inputWith('p0'), host: 'acct.host' };
  const reading = providerFor(undefined, { readiness: () => Promise.resolve({ readiness: valid }) });
  expect((await reading.inspect(remembered)).readiness).toEqual(valid);
});

test('a regenerated key is found in the answer; an answer that is pending is passed on', async () => {
  const provider = providerFor();
  const slot = (id: string) => ({ id, fingerprint: keyFingerprint('p0') }) as never;
  expect(await provider.generate(inputWith('s0'), slot('Primary'), plainly)).toMatchObject({ next: { id: 'Primary' } });
  expect(await provider.revoke(inputWith('s0'), slot('Secondary'), plainly)).toEqual(pending);
});

test('promise 1: nothing is generated without a standby', async () => {
  const generating = providerFor().generate(inputWith('p0'), undefined, plainly);
  await expect(generating).rejects.toMatchObject({ reason: 'live-would-die' });
});

test('a proof holds the candidate against the control', async () => {
  const found = await providerFor().inspect(inputWith('p0'));
  const [primary, secondary] = found.credentials as [never, never];
  const code = `${base64('s0')} ${base64('p0')}`;
  expect(await providerFor().prove(inputWith('p0'), secondary, primary)).toMatchObject({ code });
  expect(await providerFor().prove(inputWith('p0'), secondary)).toMatchObject({ code: `${base64('s0')} alone` });
});

test('R13: a rendered text that does not hold the new key is never published', async () => {
  const { standby } = await providerFor().inspect(inputWith('p0'));
  if (!standby) throw new Error('No standby.');
  const next = { ...standby, value: new Sealed(base64('s0')) };
  expect(providerFor().render(next, new Sealed('old')).open()).toBe(base64('s0'));
  const forgetful = providerFor(undefined, { render: (_key, old) => old });
  expect(() => forgetful.render(next, new Sealed('old'))).toThrow(
    expect.objectContaining({ reason: 'value-not-of-resource' }) as Error,
  );
});

test.each([
  [undefined, 's0'],
  ['p0', undefined],
  ['', 's0'],
])('an answer with the keys %j and %j is refused', (primary, secondary) => {
  expect(() => sealKeys(primary, secondary)).toThrow(
    expect.objectContaining({ reason: 'outage', detail: { code: 'KeysMissing' } }) as Error,
  );
});

test('a provider has the facts of its kind', () => {
  const { kind, resourceType, requestLifetimeMs, serviceHealthName } = providerFor(undefined, {
    serviceHealthName: 'Batch',
  });
  expect({ kind, resourceType, requestLifetimeMs, serviceHealthName }).toEqual({
    kind: 'batch-key',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 1,
    serviceHealthName: 'Batch',
  });
  expect(providerFor()).not.toHaveProperty('serviceHealthName', expect.anything());
  expect(providerFor().credentialId('PRIMARY')).toBe('Primary');
});
