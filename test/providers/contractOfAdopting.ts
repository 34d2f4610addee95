import { randomBytes } from 'node:crypto';
import type { Resource } from '../../infra/local/azure/arm/state.ts';
import { localAzure, type LocalAzure } from '../../infra/local/azure/azure.ts';
import { manualClock } from '../../infra/local/azure/clock.ts';
import { credential, inProcessHttpClient } from '../../infra/local/azure/shells/inProcess.ts';
import { clients } from '../../lib/clients.ts';
import { graph } from '../../lib/graph.ts';
import { Sealed } from '../../lib/model/sealed.ts';
import type { Look } from '../../lib/model/snapshot.ts';
import { blank, type Phase, type Rotation, type State } from '../../lib/model/state.ts';
import { spare } from '../../lib/model/target.ts';
import type { Provider, View } from '../../lib/providers/provider.ts';
import { providers } from '../../lib/providers/registry.ts';
import { wishes } from '../decide/situation.ts';

/** A resource that uses a version of something in a vault, which is what the secret names. */
interface Ground {
  readonly resource: Resource;
  /** What the secret holds of the version in use. */
  value(): string;
  /** Versions there are. */
  versions(): readonly { readonly version: string; readonly enabled: boolean }[];
  /** Another one, by whoever may make one. */
  make(): unknown;
  /** The version that the resource uses, where it has to be told. */
  used?(): string | undefined;
}

/** What the suite must know of a kind that takes over versions. */
export interface AdoptingKind {
  readonly kind: string;
  create(azure: LocalAzure): Promise<Ground>;
  /** What makes a version, and what lets the resource use it where it has to be told, by the journal's names. */
  readonly makes: string;
  readonly adopts?: string;
}

const start = new Date('2026-03-02T01:00:00Z');

async function stage({ kind, create }: AdoptingKind) {
  const azure = await localAzure({ clock: manualClock(start) });
  const ground = await create(azure);
  const endpoints = { armEndpoint: azure.armEndpoint, armAudience: 'https://management.azure.com' };
  const all = clients(credential(azure), inProcessHttpClient(azure), endpoints);
  const provider = providers({ clients: all, graph: graph(all.arm), random: randomBytes }).of(kind);
  if (!provider) throw new Error(`There is no provider of ${kind}.`);
  const value = new Sealed(ground.value());
  const count = (name = 'nothing') => azure.core.journal.calls.filter(({ operation }) => operation === name).length;
  return { azure, ground, provider, view: viewOf(kind, ground, value), count };
}

function viewOf(kind: string, { resource }: Ground, value: Sealed): View {
  const secret = { version: 'v1', value, createdOn: start, updatedOn: start, tags: {} };
  const named = { vaultUrl: 'https://kv.vault.azure.net', name: 's' };
  const extra = new Set(['disable-old-version'] as const);
  const target = { secret: named, kind, resource: resource.id, wishes: { ...wishes, extra } };
  return { target, secret, state: blank, now: start };
}

/** In rotation, and the state remembers what the look showed at its beginning. */
function during(phase: Phase, { all }: Pick<Look, 'all'>): State {
  const gone = all.map(({ fingerprint }) => fingerprint);
  const rotation: Rotation = { phase, cause: 'schedule', start, mode: 'graceful', gone };
  return { ...blank, bond: { installation: 'i', resource: '', value: '', credentials: all }, rotation };
}

async function made(s: Awaited<ReturnType<typeof stage>>) {
  const before = await s.provider.look(s.view);
  const view = { ...s.view, state: during('generate', before) };
  const answer = await s.provider.generate(view, undefined);
  if ('is' in answer) s.azure.clock.advance(answer.until.getTime() - start.getTime());
  const { next } = 'is' in answer ? await s.provider.look(view) : answer;
  if (!next) throw new Error('Nothing was made.');
  return { view, before, next };
}

/** The secret says what was made, as a publish leaves it. */
function published(view: View, provider: Provider, { next, before }: Awaited<ReturnType<typeof made>>): View {
  const value = provider.render(next, view.secret.value);
  return {
    ...view,
    secret: { ...view.secret, value, tags: { CredentialId: next.id } },
    state: during('verify', before),
  };
}

/** Every provider of a kind that takes over versions passes this. */
export function contractOfAdopting(kind: AdoptingKind): void {
  test('a look finds the version live that the secret names, nothing to take over, and changes nothing', async () => {
    const s = await stage(kind);
    const look = await s.provider.look(s.view);
    expect(look).toMatchObject({ fit: { is: 'good' }, live: { id: s.ground.versions()[0]?.version } });
    expect([look.next, look.standby]).toEqual([undefined, undefined]);
    expect([s.count(kind.makes), s.count(kind.adopts)]).toEqual([0, 0]);
  });

  test('a newer version asks to be taken over, and the live one is not proved any more', async () => {
    const s = await stage(kind);
    await s.ground.make();
    const look = await s.provider.look(s.view);
    expect(look).toMatchObject({ asks: 'new-version', next: { id: s.ground.versions()[1]?.version } });
    expect(await s.provider.prove(s.view, look.held)).toMatchObject({ is: 'unknown' });
  });

  test('generate makes one version, which the next look shows too, and nothing uses it yet', async () => {
    const s = await stage(kind);
    const { view, next } = await made(s);
    expect(
      s.ground
        .versions()
        .map(({ version }) => version)
        .at(-1),
    ).toBe(next.id);
    expect(await s.provider.look(view)).toMatchObject({ next: { id: next.id, fingerprint: next.fingerprint } });
    expect([s.count(kind.makes), s.ground.versions().length]).toEqual([1, 2]);
    expect(s.ground.used?.()).not.toBe(next.id);
  });

  test('generate makes none where somebody made one meanwhile', async () => {
    const s = await stage(kind);
    const before = await s.provider.look(s.view);
    await s.ground.make();
    const look = await s.provider.generate({ ...s.view, state: during('generate', before) }, undefined);
    expect(look).toMatchObject({ next: { id: s.ground.versions()[1]?.version } });
    expect(s.count(kind.makes)).toBe(0);
  });

  test('a proof is good for what was made', async () => {
    const s = await stage(kind);
    const { view, next } = await made(s);
    expect(await s.provider.prove(view, next)).toEqual({ is: 'good' });
  });

  (kind.adopts ? test : test.skip)(
    'adopt lets the resource use it, by one request however often it is asked',
    async () => {
      const s = await stage(kind);
      const { view, next } = await made(s);
      await s.provider.adopt?.(view, next);
      await s.provider.adopt?.(view, next);
      expect([s.ground.used?.(), s.count(kind.adopts)]).toEqual([next.id, 1]);
    },
  );

  test('render names it, and the look finds it live', async () => {
    const s = await stage(kind);
    const all = await made(s);
    await s.provider.adopt?.(all.view, all.next);
    const look = await s.provider.look(published(all.view, s.provider, all));
    expect(look).toMatchObject({ fit: { is: 'good' }, live: { id: all.next.id } });
  });

  test('revoke disables the old version and nothing else', async () => {
    const s = await stage(kind);
    const all = await made(s);
    await s.provider.adopt?.(all.view, all.next);
    const view = published(all.view, s.provider, all);
    const old = spare(s.ground.versions()[0]?.version ?? '', all.next.id, all.next.id);
    if (!old) throw new Error('The old version is live.');
    expect((await s.provider.look(view)).all.map(({ id }) => id)).toContain(old.id);
    const after = await s.provider.revoke({ ...view, state: during('revoke', all.before) }, old);
    expect(after).toMatchObject({ live: { id: all.next.id } });
    expect(s.ground.versions().map(({ enabled }) => enabled)).toEqual([false, true]);
  });

  test.each(['Primary', '', 'versions', '6e34'])('the word %j names no version', async (word) => {
    expect((await stage(kind)).provider.credentialId(word)).toBeUndefined();
  });
}
