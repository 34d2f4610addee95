import type { Kind } from './followed.ts';
import { tagsOf } from './rules.ts';
import type { World } from './world.ts';
import { keyInUse, setKey } from '../../support/customerManagedKeys.ts';

/** What a person does in the middle of it all. */
export interface Act {
  readonly does: string;
  /** Absent = whatever the kind. */
  readonly kind?: Kind;
  /** He breaks what is live, or may: only what the app does itself is judged, not how it ends. */
  readonly breaks?: true;
  act(world: World): unknown;
}

const secret = 'target';
const stateTags = ['RotationPhase', 'RotationRecord', 'RotationProgress'] as const;

export const acts: readonly Act[] = [
  { does: 'makes another version', act: ({ followed }) => followed.make() },
  {
    does: 'disables the oldest version',
    breaks: true,
    act: ({ followed }) => {
      followed.set({ enabled: false }, followed.versions()[0]?.version);
    },
  },
  {
    does: 'disables the newest version',
    breaks: true,
    act: ({ followed }) => {
      followed.set({ enabled: false });
    },
  },
  {
    does: 'writes the first value again',
    act: ({ vault }) => {
      const { value = '', tags = {}, contentType } = vault.versions(secret)[0] ?? {};
      vault.setSecret(secret, value, { tags: { ...tags, ...tagsOf({ vault }, secret) }, contentType });
    },
  },
  edits('adds a tag of his own', (tags) => ({ ...tags, owner: 'anna' })),
  edits('deletes RotationProgress', (tags) => without(tags, 'RotationProgress')),
  edits('deletes all state tags', (tags) => without(tags, ...stateTags)),
  edits('lets CredentialId name the first version', (tags, { followed }) => {
    return { ...tags, CredentialId: followed.versions()[0]?.version ?? '' };
  }),
  {
    does: 'has the account use the first version',
    kind: 'batch-cmk',
    act: (world) => {
      use(world, 0);
    },
  },
  {
    does: 'makes a version, and has the account use it',
    kind: 'batch-cmk',
    act: async (world) => {
      await world.followed.make();
      use(world, -1);
    },
  },
];

type Tags = Readonly<Record<string, string>>;

function edits(does: string, edit: (tags: Tags, world: World) => Tags): Act {
  const act = (world: World) => world.vault.update(secret, { tags: edit(tagsOf(world, secret), world) });
  return { does, act };
}

function without(tags: Tags, ...names: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !names.includes(name)));
}

/** Batch takes no version that is disabled. */
function use({ followed, followers }: World, nth: number): void {
  const chosen = followed.versions().at(nth);
  const [account] = followers.map((follower) => follower.account);
  if (account && chosen?.enabled && keyInUse(account) !== 'Microsoft.Batch') {
    setKey(account, `${followed.url}/${chosen.version}`);
  }
}
