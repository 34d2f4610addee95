import { slots } from '../../../lib/providers/accessKeys.ts';
import type { Tags } from '../promises.ts';
import { live, other, type Act } from './act.ts';
import { emergencies } from './emergencies.ts';
import { noticed } from './notices.ts';
import type { World } from './world.ts';

const minute = 60_000;
const stateTags: readonly string[] = ['RotationPhase', 'RotationRecord', 'RotationProgress'];

const regenerations: readonly Act[] = [
  ...slots.map((slot) => ({
    does: `regenerates ${slot}`,
    act: ({ resource }: World) => {
      resource.replace(slot);
    },
  })),
  {
    does: 'regenerates both keys',
    act: ({ resource }) => {
      resource.replace('Primary');
      resource.replace('Secondary');
    },
  },
  {
    does: 'regenerates the live key, and 20 minutes later the one that is live by then',
    act: (world) => {
      world.resource.replace(live(world));
      world.effects.after(20 * minute, () => {
        world.resource.replace(live(world));
      });
    },
  },
];

const values = {
  'the live key': (world: World) => world.resource.keys[live(world)],
  'the other key': (world: World) => world.resource.keys[other(live(world))],
  'a foreign value': () => 'foreign',
} as const;

const copies = {
  'all tags': (tags: Tags) => tags,
  'the tags but for the state': (tags: Tags) => without(tags, ...stateTags),
  'no tags': () => ({}),
} as const;

function without(tags: Tags, ...names: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !names.includes(name)));
}

const writes: readonly Act[] = Object.entries(values).flatMap(([what, value]) =>
  Object.entries(copies).map(([how, tags]): Act => ({
    does: `writes a version with ${what} and ${how}`,
    act: (world) => {
      const { secret } = world;
      if (!secret.deleted)
        secret.write({ value: world.render(value(world)), tags: tags(secret.current.tags) }, 'other');
    },
    ...(what === 'a foreign value' && { ends: true }),
  })),
);

function edits(does: string, edit: (tags: Tags, world: World) => Tags, ends?: true): Act {
  const act = (world: World) => {
    if (!world.secret.deleted) world.secret.tag(edit(world.secret.current.tags, world), 'other');
  };
  return { does, act, ...(ends && { ends }) };
}

const elsewhere = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/another';

const tagEdits: readonly Act[] = [
  edits('lets CredentialId name the other key', (tags, world) => ({ ...tags, CredentialId: other(live(world)) })),
  edits('deletes RotationProgress', (tags) => without(tags, 'RotationProgress')),
  edits('deletes RotationRecord', (tags) => without(tags, 'RotationRecord')),
  edits('deletes all state tags', (tags) => without(tags, ...stateTags)),
  edits('corrupts RotationProgress', (tags) => ({ ...tags, RotationProgress: '{"v":1,"rot":7}' })),
  edits('corrupts RotationRecord', (tags) => ({ ...tags, RotationRecord: 'x' })),
  edits('adds a tag of his own', (tags) => ({ ...tags, team: 'blue' })),
  edits('pauses', (tags) => ({ ...tags, RotationPaused: 'true' }), true),
  edits('changes ProviderAddress to another account', (tags) => ({ ...tags, ProviderAddress: elsewhere }), true),
  edits('changes ProviderAddress to another type', (tags) => ({ ...tags, ProviderAddress: `${elsewhere}/x/y` }), true),
  {
    does: 'removes all tags',
    act: ({ secret, claimedVersion }) => {
      // Right after a crash between the PUT and the claim this is taken for a tool's loss, once: known (R10).
      const isBehind = claimedVersion !== undefined && claimedVersion !== secret.current.version;
      if (!secret.deleted && !isBehind) secret.tag({}, 'other');
    },
    ends: true,
  },
];

const deletions: readonly Act[] = [
  {
    does: 'deletes the secret and restores it at once',
    act: ({ secret }) => {
      secret.delete();
      secret.restore();
    },
  },
  {
    does: 'deletes the secret and restores it after 12 minutes',
    act: (world) => {
      world.secret.delete();
      world.effects.after(12 * minute, () => {
        world.secret.restore();
      });
    },
  },
];

const troubles: readonly Act[] = [
  {
    does: 'sees new keys refused for 40 seconds',
    act: ({ resource }) => {
      resource.acceptedAfterMs = 40_000;
    },
  },
  {
    does: 'sees new keys refused for 90 seconds',
    act: ({ resource }) => {
      resource.acceptedAfterMs = 90_000;
    },
  },
  {
    does: 'closes the network to the data plane for 40 minutes',
    act: (world) => {
      world.resource.isReachable = false;
      world.effects.after(40 * minute, () => {
        world.resource.isReachable = true;
      });
    },
  },
];

export const acts: readonly Act[] = [
  ...regenerations,
  ...writes,
  ...tagEdits,
  ...deletions,
  ...troubles,
  ...emergencies,
  ...noticed,
];
