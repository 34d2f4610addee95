import { holding, other, slots, type KeyKind } from './keyGround.ts';
import { proofs } from './proofs.ts';
import type { Shell } from './shells.ts';
import { during, made, plainly, stage, standbyIn } from './stage.ts';

/** Every provider of access keys passes this. */
export function contractOfKeys(kind: KeyKind, shell: Shell): void {
  looks(kind, shell);
  proofs(kind, shell);

  test.each(slots)('generate replaces the %s and nothing else', async (slot) => {
    const s = await stage(kind, shell);
    const before = s.ground.keys();
    const { after } = await made(s, holding(s, other(slot)));
    expect(s.ground.keys()[slot]).not.toBe(before[slot]);
    expect(s.ground.keys()[other(slot)]).toBe(before[other(slot)]);
    expect(after).toMatchObject({ live: { id: other(slot) }, next: { id: slot } });
    expect(after.next?.value.open()).toBe(s.ground.keys()[slot]);
  });

  test.each(slots)('revoke replaces the %s and nothing else by one request', async (slot) => {
    const s = await stage(kind, shell);
    const before = s.ground.keys();
    const inspection = await s.provider.inspect(holding(s, other(slot)));
    const view = holding(s, other(slot), during('revoke', inspection));
    const old = standbyIn(inspection);
    if (!old) throw new Error('Nothing stands by.');
    await s.provider.revoke(view, old, plainly);
    expect((await s.seen(view)).live).toMatchObject({ id: other(slot) });
    expect(s.ground.keys()[slot]).not.toBe(before[slot]);
    expect(s.ground.keys()[other(slot)]).toBe(before[other(slot)]);
    expect(s.count(kind.makes)).toBe(1);
  });
}

function looks(kind: KeyKind, shell: Shell): void {
  test.each(slots)('an inspection finds the %s live by the value, and the other one standing by', async (slot) => {
    const s = await stage(kind, shell);
    const inspection = await s.provider.inspect(holding(s, slot));
    expect(inspection).toMatchObject({ live: { id: slot }, standby: { id: other(slot) }, host: s.resource.authority });
    expect(inspection.secretCredential.value.open()).toBe(s.ground.keys()[slot]);
    expect(inspection.credentials.map(({ id }) => id)).toEqual(slots);
  });

  test('an inspection knows no next credential while the standby is the one remembered (R2)', async () => {
    const s = await stage(kind, shell);
    const inspection = await s.provider.inspect(s.view());
    expect((await s.provider.inspect(s.view(s.ground.value, during('generate', inspection)))).next).toBeUndefined();
  });

  test('an inspection calls no key operation where shared keys are off', async () => {
    const s = await stage(kind, shell);
    s.ground.disable();
    const inspection = await s.provider.inspect(s.view());
    expect(inspection.readiness).toEqual({ is: 'invalid', reason: 'shared-key-disabled' });
    expect(s.operations()).not.toContain(kind.listKeys);
  });

  test('a stale inspection shows nothing new, and the new key later', async () => {
    const s = await stage(kind, shell);
    const before = await s.provider.inspect(s.view());
    const view = s.view(s.ground.value, during('generate', before));
    s.resource.timing.staleReadMs = 60_000;
    await s.provider.generate(view, standbyIn(before), plainly);
    expect((await s.seen(view)).next).toBeUndefined();
    s.azure.clock.advance(120_000);
    expect((await s.seen(view)).next?.value.open()).toBe(s.ground.keys().Secondary);
  });
}
