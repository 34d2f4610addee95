import { Sealed } from '../../../lib/model/sealed.ts';
import { revocable } from '../../../lib/model/target.ts';
import type { ProviderInput } from '../../../lib/providers/provider.ts';
import { failures } from './failures.ts';
import { describeShells, inProcess, type Shell } from './shells.ts';
import { during, made, plainly, published, stage, type Kind } from './stage.ts';

/** Every provider passes this, with what its family adds. */
export function contract<K extends Kind>(kind: K, family: (kind: K, shell: Shell) => void): void {
  test.each(kind.words)('the word %j names %s', async (word, id) => {
    expect((await stage(kind, inProcess)).provider.credentialId(word)).toBe(id);
  });

  describeShells((shell) => {
    looks(kind, shell);
    rotates(kind, shell);
    failures(kind, shell);
    family(kind, shell);
  });
}

function looks(kind: Kind, shell: Shell): void {
  test('an inspection finds the credential of the secret live, and changes nothing', async () => {
    const s = await stage(kind, shell);
    const before = s.ground.all();
    const inspection = await s.provider.inspect(s.view());
    expect(inspection).toMatchObject({
      readiness: { is: 'valid' },
      live: { fingerprint: inspection.secretCredential.fingerprint },
    });
    expect(s.ground.works(inspection.secretCredential)).toBe(true);
    expect(inspection.next).toBeUndefined();
    expect([s.ground.all(), s.count(kind.makes)]).toEqual([before, 0]);
  });

  test('an inspection finds nothing live where the resource lacks the credential of the secret', async () => {
    const s = await stage(kind, shell);
    const inspection = await s.provider.inspect(s.view(s.ground.foreign));
    expect(inspection.live).toBeUndefined();
    expect(inspection.standby).toBeUndefined();
  });
}

function rotates(kind: Kind, shell: Shell): void {
  test('generate makes one by one request, which looks show from then on, and what is live stays', async () => {
    const s = await stage(kind, shell);
    const { view, before, after, next } = await made(s);
    expect(after.live).toMatchObject({ id: before.live?.id, fingerprint: before.secretCredential.fingerprint });
    expect([s.ground.works(before.secretCredential), s.ground.works(next)]).toEqual([true, true]);
    expect(await s.provider.inspect(view)).toMatchObject({ next: { id: next.id, fingerprint: next.fingerprint } });
    expect(s.count(kind.makes)).toBe(1);
  });

  test('a proof is good for what was made', async () => {
    const s = await stage(kind, shell);
    const { view, after, next } = await made(s);
    expect(await s.provider.prove({ ...view, now: s.azure.clock.now() }, next, after.secretCredential)).toEqual({
      is: 'valid',
    });
  });

  test.each(kind.forms.map((form, at) => ({ form, at })))(
    'render keeps form $at, and has what was made in it (R13)',
    async ({ form }) => {
      const s = await stage(kind, shell);
      const { after, next } = await made(s);
      const rendered = s.provider.render(next, new Sealed(form(after.secretCredential, s.resource)));
      expect(rendered.open()).toBe(form(next, s.resource));
    },
  );

  test('the published credential is found live, and the replaced one still works', async () => {
    const s = await stage(kind, shell);
    const all = await made(s);
    const inspection = await s.provider.inspect(await published(s, all));
    expect(inspection).toMatchObject({
      readiness: { is: 'valid' },
      live: { id: all.next.id, fingerprint: all.next.fingerprint },
    });
    expect(s.ground.works(all.before.secretCredential)).toBe(true);
  });

  test('revoke ends what was replaced, and nothing else', async () => {
    const s = await stage(kind, shell);
    const all = await made(s);
    const view = await published(s, all);
    const old = revocable(all.before.secretCredential.id, all.next.id, all.next.id);
    if (!old) throw new Error('The replaced credential is live.');
    const shown = async (of: ProviderInput) => (await s.seen(of)).credentials.map(({ fingerprint }) => fingerprint);
    expect(await shown(view)).toContain(all.before.secretCredential.fingerprint);
    const revoking = { ...view, ...during('revoke', all.before, s.ground.endingCause) };
    await s.provider.revoke(revoking, old, plainly);
    expect(await shown(revoking)).not.toContain(all.before.secretCredential.fingerprint);
    expect([s.ground.works(all.before.secretCredential), s.ground.works(all.next)]).toEqual([false, true]);
  });
}
