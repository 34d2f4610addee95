import type { Shell } from './shells.ts';
import { during, made, plainly, stage, type Ground, type Kind, type Stage } from './stage.ts';

interface Version {
  readonly version: string;
  readonly enabled: boolean;
}

/** A resource that uses a version of something in a vault. */
export interface VersionGround extends Ground {
  versions(): readonly Version[];
  /** Makes another one, as a person would. */
  make(): unknown;
  /** The call that names a version to the resource, and the version that it uses, of a kind with such a call. */
  readonly adoption?: { readonly operation: string; used(): string | undefined };
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

  test('generate makes none where another one was made meanwhile', async () => {
    const s = await stage(kind, shell);
    const before = await s.provider.inspect(s.view());
    await s.ground.make();
    const inspection = await s.provider.generate(
      s.view(s.ground.value, during('generate', before)),
      undefined,
      plainly,
    );
    expect(inspection).toMatchObject({ next: { id: newest(s) } });
    expect(s.count(kind.makes)).toBe(0);
  });

  test('a generated version is the newest one, and nothing uses it before it is adopted', async () => {
    const s = await stage(kind, shell);
    const { next } = await made(s);
    expect([newest(s), s.ground.versions().length]).toEqual([next.id, 2]);
    expect(s.ground.adoption?.used()).not.toBe(next.id);
  });

  test('adopt tells the resource where that is needed, by one request however often it is asked', async () => {
    const s = await stage(kind, shell);
    const { adoption } = s.ground;
    const { view, next } = await made(s);
    for (const once of [view, view]) await s.provider.adopt?.(once, next, plainly);
    expect('adopt' in s.provider).toBe(adoption !== undefined);
    expect([adoption?.used(), adoption && s.count(adoption.operation)]).toEqual(
      adoption ? [next.id, 1] : [undefined, undefined],
    );
  });
}
