import type { VersionKind } from '../catalog.ts';
import { encryptWith, keyInUse, tagsOf, type VersionSimulation } from './simulation.ts';

/** What a person does in the middle of a scenario. */
export interface VersionAction {
  /** As a sentence: "a person …". */
  readonly does: string;
  readonly kind?: VersionKind;
  /** The person breaks what is live, or may: only what the app does is judged, not how it ends. */
  readonly breaks?: true;
  act(simulation: VersionSimulation): unknown;
}

const secret = 'target';
const stateTags = ['RotationPhase', 'RotationRecord', 'RotationProgress'] as const;

export const versionActions: readonly VersionAction[] = [
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
  edits('adds a tag of their own', (tags) => ({ ...tags, owner: 'anna' })),
  edits('deletes RotationProgress', (tags) => without(tags, 'RotationProgress')),
  edits('deletes all state tags', (tags) => without(tags, ...stateTags)),
  edits('lets CredentialId name the first version', (tags, { followed }) => {
    return { ...tags, CredentialId: followed.versions()[0]?.version ?? '' };
  }),
  {
    does: 'takes back the tag that names the secret',
    kind: 'batch-cmk',
    breaks: true,
    act: ({ followers }) => {
      for (const { account } of followers) account.tags = {};
    },
  },
  {
    does: 'takes back the tags that name the account',
    breaks: true,
    act: ({ followed }) => {
      for (const { version } of followed.versions()) followed.set({ tags: {} }, version);
    },
  },
  {
    does: 'has the account use the first version',
    kind: 'batch-cmk',
    act: (simulation) => {
      useVersion(simulation, 0);
    },
  },
  {
    does: 'makes a version, and has the account use it',
    kind: 'batch-cmk',
    act: async (simulation) => {
      await simulation.followed.make();
      useVersion(simulation, -1);
    },
  },
];

type Tags = Readonly<Record<string, string>>;

function edits(does: string, edit: (tags: Tags, simulation: VersionSimulation) => Tags): VersionAction {
  const act = (simulation: VersionSimulation) =>
    simulation.vault.update(secret, { tags: edit(tagsOf(simulation, secret), simulation) });
  return { does, act };
}

function without(tags: Tags, ...names: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !names.includes(name)));
}

/** Batch takes no version that is disabled. */
function useVersion({ followed, followers }: VersionSimulation, nth: number): void {
  const chosen = followed.versions().at(nth);
  const account = followers[0]?.account;
  if (account && chosen?.enabled && keyInUse(account) !== 'Microsoft.Batch') {
    encryptWith(account, `${followed.url}/${chosen.version}`);
  }
}
