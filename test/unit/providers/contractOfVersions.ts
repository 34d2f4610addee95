import type { Shell } from './shells.ts';
import { during, made, stage, type Ground, type Kind, type Stage } from './stage.ts';

interface Version {
  readonly version: string;
  readonly enabled: boolean;
}

/** A resource that uses a version of something in a vault. */
export interface VersionGround extends Ground {
  versions(): readonly Version[];
  /** Another one, by whoever may make one. */
  make(): unknown;
  /** How the resource is told of a version, by the journal's name, and which one it uses; where it has to be told. */
  readonly told?: { readonly operation: string; used(): string | undefined };
}

/** Every provider of a kind that takes over versions passes this. */
export function contractOfVersions(kind: Kind<VersionGround>, shell: Shell): void {
  const newest = (s: Stage<VersionGround>) => s.ground.versions().at(-1)?.version;

  test('a newer version asks to be taken over, and the live one is not proved any more', async () => {
    const s = await stage(kind, shell);
    await s.ground.make();
    const inspection = await s.provider.inspect(s.view());
    expect(inspection).toMatchObject({ startCause: 'new-version', next: { id: newest(s) } });
    expect(await s.provider.prove(s.view(), inspection.secretCredential)).toMatchObject({ is: 'unknown' });
  });

  test('generate makes none where somebody made one meanwhile', async () => {
    const s = await stage(kind, shell);
    const before = await s.provider.inspect(s.view());
    await s.ground.make();
    const inspection = await s.provider.generate(s.view(s.ground.value, during('generate', before)), undefined);
    expect(inspection).toMatchObject({ next: { id: newest(s) } });
    expect(s.count(kind.makes)).toBe(0);
  });

  test('what is made is the newest version, and nothing uses it before it is adopted', async () => {
    const s = await stage(kind, shell);
    const { next } = await made(s);
    expect([newest(s), s.ground.versions().length]).toEqual([next.id, 2]);
    expect(s.ground.told?.used()).not.toBe(next.id);
  });

  test('adopt tells the resource where that is needed, by one request however often it is asked', async () => {
    const s = await stage(kind, shell);
    const { told } = s.ground;
    const { view, next } = await made(s);
    for (const once of [view, view]) await s.provider.adopt?.(once, next);
    expect('adopt' in s.provider).toBe(told !== undefined);
    expect([told?.used(), told && s.count(told.operation)]).toEqual(told ? [next.id, 1] : [undefined, undefined]);
  });
}
