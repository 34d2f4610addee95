import type { KeyGround, KeyKind } from './keyGround.ts';
import type { Shell } from './shells.ts';
import { credentialOf, made, stage, type Stage } from './stage.ts';

type Keyed = Stage<KeyGround>;

/** What the data plane says of a key. */
export function proofs(kind: KeyKind, shell: Shell): void {
  test('a proof is good for the live key, and was held against a random one', async () => {
    const s = await stage(kind, shell);
    expect(await proofOfLive(s)).toEqual({ is: 'valid' });
    expect(s.calls()).toHaveLength(2);
    expect(s.calls()[1]?.status).toBeGreaterThanOrEqual(401);
  });

  test('a proof is bad for a key that is refused while the live one is accepted, and good when it works', async () => {
    const s = await stage(kind, shell);
    s.resource.timing.acceptAfterMs = 30_000;
    const { next, before, view } = await made(s);
    const prove = () => s.provider.prove({ ...view, now: s.azure.clock.now() }, next, before.secretCredential);
    expect(await prove()).toMatchObject({ is: 'invalid', reason: 'proof-refused' });
    s.azure.clock.advance(60_000);
    expect(await prove()).toEqual({ is: 'valid' });
  });

  test('a proof is bad for a dead key, and unknown where the control is dead too', async () => {
    const s = await stage(kind, shell);
    const dead = credentialOf('Secondary', 'ZGVhZA==');
    expect(await s.provider.prove(reaching(s), dead, live(s))).toMatchObject({ is: 'invalid' });
    expect(await s.provider.prove(reaching(s), dead, dead)).toMatchObject({ is: 'unknown' });
  });

  test.each([
    ['behind network rules', ({ resource }: Keyed) => (resource.networkDefaultAction = 'Deny')],
    ['without public access', ({ resource }: Keyed) => (resource.publicNetworkAccess = 'Disabled')],
  ])('a proof is unknown %s', async (_sentence, close) => {
    const s = await stage(kind, shell);
    close(s);
    expect(await proofOfLive(s)).toMatchObject({ is: 'unknown', reason: 'proof-unknown' });
  });

  test.each([
    ['fails', 503],
    ['throttles', 429],
  ])('a proof is unknown at a service that %s', async (_sentence, status) => {
    const s = await stage(kind, shell);
    const { faults } = s.azure.core;
    const effect = { kind: 'status', status } as const;
    const fault = faults.plan({ service: s.resource.kind, lasting: true, effect });
    const check = await proofOfLive(s).finally(fault.remove);
    expect(check).toMatchObject({ is: 'unknown', reason: 'proof-unknown' });
  });

  test('a proof is unknown as long as ARM has not named the host', async () => {
    const s = await stage(kind, shell);
    expect(await s.provider.prove(s.view(), live(s))).toMatchObject({ is: 'unknown' });
    expect(s.operations()).toEqual([]);
  });
}

function live({ ground }: Keyed) {
  return credentialOf('Primary', ground.keys().Primary);
}

function reaching({ view, ground, resource }: Keyed) {
  return view(ground.value, { host: resource.authority });
}

function proofOfLive(s: Keyed) {
  return s.provider.prove(reaching(s), live(s), live(s));
}
