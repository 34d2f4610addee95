import { spare, type Spare } from '../../lib/model/target.ts';
import { credentialOf, remembering, stage, type Kind, type Stage } from './stage.ts';

const slots = ['Primary', 'Secondary'] as const;
type Slot = (typeof slots)[number];

function other(slot: Slot): Slot {
  return slot === 'Primary' ? 'Secondary' : 'Primary';
}

function spareOf(id: Slot): Spare {
  const found = spare(id, other(id), undefined);
  if (!found) throw new Error(`${id} is live.`);
  return found;
}

/** Replaces the standby, and answers what a look then shows. */
async function replaced(s: Stage, slot: Slot) {
  const view = s.view(s.keys()[other(slot)], { state: remembering(s) });
  const { host } = await s.provider.look(view);
  await s.provider.generate(view, spareOf(slot));
  return { ...(await s.seen(view)), host, view };
}

/** Every provider of access keys passes this. */
export function contract(kind: Kind): void {
  describe('a look', () => {
    test.each(slots)('finds the %s live by the value, and the other one standing by', async (slot) => {
      const s = await stage(kind);
      const keys = s.keys();
      const look = await s.provider.look(s.view(keys[slot]));
      expect(look).toMatchObject({ fit: { is: 'good' }, live: { id: slot }, standby: { id: other(slot) } });
      expect(look.held.value.open()).toBe(keys[slot]);
      expect(look.host).toBe(s.resource.authority);
      expect(look.all.map(({ id }) => id)).toEqual(slots);
      expect(s.operations()).not.toContain(kind.regenerateKey);
      expect(s.keys()).toEqual(keys);
    });

    test('finds nothing live in a value that is no key of the resource', async () => {
      const s = await stage(kind);
      const look = await s.provider.look(s.view('bm90IGEga2V5'));
      expect(look).not.toHaveProperty('live');
      expect(look).not.toHaveProperty('standby');
    });

    test('knows no next credential while the standby is the one remembered (R2)', async () => {
      const s = await stage(kind);
      expect(await s.provider.look(s.view(s.keys().Primary, { state: remembering(s) }))).not.toHaveProperty('next');
    });

    test('calls no key operation where shared keys are off', async () => {
      const s = await stage(kind);
      kind.disable(s.resource);
      const look = await s.provider.look(s.view(s.keys().Primary));
      expect(look.fit).toEqual({ is: 'bad', reason: 'shared-key-disabled' });
      expect(s.operations()).not.toContain(kind.listKeys);
    });

    test('that is stale shows nothing new, and the new key later', async () => {
      const s = await stage(kind);
      s.resource.timing.staleReadMs = 60_000;
      const { view, ...early } = await replaced(s, 'Secondary');
      expect(early).not.toHaveProperty('next');
      s.azure.clock.advance(120_000);
      const look = await s.seen(view);
      expect(look.next?.value.open()).toBe(s.keys().Secondary);
    });
  });

  describe.each([
    ['generate', 'Secondary'],
    ['generate', 'Primary'],
    ['revoke', 'Secondary'],
    ['revoke', 'Primary'],
  ] as const)('%s of the %s', (act, slot) => {
    test('replaces it and nothing else by one request', async () => {
      const s = await stage(kind);
      const before = s.keys();
      const view = s.view(before[other(slot)], { state: remembering(s) });
      await s.provider[act](view, spareOf(slot));
      const look = await s.seen(view);
      expect(s.keys()[slot]).not.toBe(before[slot]);
      expect(s.keys()[other(slot)]).toBe(before[other(slot)]);
      expect(s.operations().filter((name) => name === kind.regenerateKey)).toHaveLength(1);
      expect(look).toMatchObject({ live: { id: other(slot) }, next: { id: slot } });
      expect(look.next?.value.open()).toBe(s.keys()[slot]);
    });
  });

  describe('a proof', () => {
    test('is good for the live key, and was held against a random one', async () => {
      const s = await stage(kind);
      const { held, host = '' } = await s.provider.look(s.view(s.keys().Primary));
      const before = s.operations().length;
      expect(await s.provider.prove(s.view(s.keys().Primary, { host }), held)).toEqual({ is: 'good' });
      const probes = s.azure.core.journal.calls.slice(before).map(({ status }) => status ?? 0);
      expect(probes).toHaveLength(2);
      expect(probes[1]).toBeGreaterThanOrEqual(401);
    });

    test('is bad for a key that is refused while the live one is accepted, and good when it works', async () => {
      const s = await stage(kind);
      s.resource.timing.acceptAfterMs = 30_000;
      const { next, held, view, host = '' } = await replaced(s, 'Secondary');
      const prove = () => next && s.provider.prove({ ...view, host, now: s.azure.clock.now() }, next, held);
      expect(await prove()).toMatchObject({ is: 'bad', reason: 'proof-refused' });
      s.azure.clock.advance(60_000);
      expect(await prove()).toEqual({ is: 'good' });
    });

    test('is bad for a dead key, and unknown where the control is dead too', async () => {
      const s = await stage(kind);
      const view = s.view(s.keys().Primary, { host: s.resource.authority });
      const [dead, alive] = [credentialOf('Secondary', 'ZGVhZA=='), credentialOf('Primary', s.keys().Primary)];
      expect(await s.provider.prove(view, dead, alive)).toMatchObject({ is: 'bad' });
      expect(await s.provider.prove(view, dead, dead)).toMatchObject({ is: 'unknown' });
    });

    test.each([
      ['behind network rules', (s: Stage) => (s.resource.networkDefaultAction = 'Deny')],
      ['without public access', (s: Stage) => (s.resource.publicNetworkAccess = 'Disabled')],
      ['at a service that fails', strike(503)],
      ['at a service that throttles', strike(429)],
    ])('is unknown %s', async (_sentence, close) => {
      const s = await stage(kind);
      const live = credentialOf('Primary', s.keys().Primary);
      close(s);
      const check = await s.provider.prove(s.view(s.keys().Primary, { host: s.resource.authority }), live, live);
      expect(check).toMatchObject({ is: 'unknown', reason: 'proof-unknown' });
    });

    test('is unknown as long as ARM has not named the host', async () => {
      const s = await stage(kind);
      const live = credentialOf('Primary', s.keys().Primary);
      expect(await s.provider.prove(s.view(s.keys().Primary), live)).toMatchObject({ is: 'unknown' });
      expect(s.operations()).toEqual([]);
    });
  });

  test.each(kind.forms.map((form, at) => [at, form] as const))(
    'render keeps form %s and has the new key in it (R13)',
    async (_at, form) => {
      const s = await stage(kind);
      const { value: held } = credentialOf('Primary', form('b2xk', s.resource));
      const rendered = s.provider.render(credentialOf('Secondary', 'bmV3'), held);
      expect(rendered.open()).toBe(form('bmV3', s.resource));
    },
  );

  test.each([
    ['Primary', 'Primary'],
    ['secondary', 'Secondary'],
    [' PRIMARY ', 'Primary'],
    ['key1', undefined],
    ['', undefined],
    ['Salt', undefined],
  ])('the word %j names %s', async (word, id) => {
    expect((await stage(kind)).provider.credentialId(word)).toBe(id);
  });
}

function strike(status: number): (s: Stage) => void {
  return ({ azure, resource }) => {
    azure.core.faults.plan({ service: resource.kind, lasting: true, effect: { kind: 'status', status } });
  };
}
