import type { Slot } from '../../infra/azure-emulator/src/index.ts';
import { minute } from '../../lib/model/clock.ts';
import type { Mode } from '../../lib/model/state.ts';
import { slots } from '../../lib/providers/accessKeys.ts';
import type { Notice } from './person.ts';
import { currentKeys, currentVersion, isDeleted, liveSlot, otherSlot, secretName, valueWith } from './resource.ts';
import type { Simulation } from './simulation.ts';

/** Something that a person, a tool or the service does behind the app's back. */
export interface Action {
  /** As a sentence: "a person …". */
  readonly does: string;
  readonly act: (simulation: Simulation) => unknown;
  /** Keyturn must leave the secret alone afterwards, or wait for a person: its value is not judged. */
  readonly ends?: true;
  readonly kind?: 'signalr';
}

type Tags = Readonly<Record<string, string>>;

const stateTags: readonly string[] = ['RotationPhase', 'RotationRecord', 'RotationProgress'];

const regenerations: readonly Action[] = [
  ...slots.map((slot) => ({
    does: `regenerates ${slot}`,
    act: ({ person }: Simulation) => {
      person.regenerate(slot);
    },
  })),
  {
    does: 'regenerates both keys',
    act: ({ person }) => {
      for (const slot of slots) person.regenerate(slot);
    },
  },
  {
    does: 'regenerates the live key, and 20 minutes later the one that is live by then',
    act: (simulation) => {
      simulation.person.regenerate(liveSlot(simulation));
      simulation.after(20 * minute, () => {
        simulation.person.regenerate(liveSlot(simulation));
      });
    },
  },
];

const values = {
  'the live key': (simulation: Simulation) => currentKeys(simulation)[liveSlot(simulation)],
  'the other key': (simulation: Simulation) => currentKeys(simulation)[otherSlot(liveSlot(simulation))],
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

const writes: readonly Action[] = Object.entries(values).flatMap(([what, value]) =>
  Object.entries(copies).map(([how, tags]): Action => ({
    does: `writes a version with ${what} and ${how}`,
    act: (simulation) => {
      const text = valueWith(value(simulation), simulation.resource);
      simulation.person.write(text, { tags: tags(currentVersion(simulation).tags ?? {}) });
    },
    ...(what === 'a foreign value' && { ends: true }),
  })),
);

function edits(does: string, edit: (tags: Tags, simulation: Simulation) => Tags, ends?: true): Action {
  const act = (simulation: Simulation) => {
    simulation.person.tag((tags) => edit(tags, simulation));
  };
  return { does, act, ...(ends && { ends }) };
}

const another = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/another';

const tagEdits: readonly Action[] = [
  edits('lets CredentialId name the other key', (tags, simulation) => {
    return { ...tags, CredentialId: otherSlot(liveSlot(simulation)) };
  }),
  edits('deletes RotationProgress', (tags) => without(tags, 'RotationProgress')),
  edits('deletes RotationRecord', (tags) => without(tags, 'RotationRecord')),
  edits('deletes all state tags', (tags) => without(tags, ...stateTags)),
  edits('corrupts RotationProgress', (tags) => ({ ...tags, RotationProgress: '{"v":1,"rot":7}' })),
  edits('corrupts RotationRecord', (tags) => ({ ...tags, RotationRecord: 'x' })),
  edits('adds a tag of their own', (tags) => ({ ...tags, owner: 'blue' })),
  edits('pauses', (tags) => ({ ...tags, RotationPaused: 'true' }), true),
  edits('changes ProviderAddress to another account', (tags) => ({ ...tags, ProviderAddress: another }), true),
  edits('changes ProviderAddress to another type', (tags) => ({ ...tags, ProviderAddress: `${another}/x/y` }), true),
  {
    does: 'removes all tags',
    act: (simulation) => {
      // Right after a crash between the PUT and the claim this is taken for a tool's loss, once: known (R10).
      const claimed = simulation.claimedVersion();
      const isBehind = claimed !== undefined && claimed !== currentVersion(simulation).version;
      if (!isBehind) simulation.person.tag(() => ({}));
    },
    ends: true,
  },
];

const deletions: readonly Action[] = [
  {
    does: 'deletes the secret and restores it at once',
    act: ({ person }) => {
      person.delete();
      person.restore();
    },
  },
  {
    does: 'deletes the secret and restores it after 12 minutes',
    act: ({ person, after }) => {
      person.delete();
      after(12 * minute, person.restore);
    },
  },
];

const outages: readonly Action[] = [
  {
    does: 'sees new keys refused for 40 seconds',
    act: ({ resource }) => {
      resource.timing.acceptAfterMs = 40_000;
    },
  },
  {
    does: 'sees new keys refused for 90 seconds',
    act: ({ resource }) => {
      resource.timing.acceptAfterMs = 90_000;
    },
  },
  {
    does: 'closes the network to the data plane for 40 minutes',
    act: ({ azure, resource, after }) => {
      const service = resource.kind;
      const closed = azure.core.faults.plan({ service, lasting: true, effect: { kind: 'reset' } });
      after(40 * minute, closed.remove);
    },
  },
];

function declares(mode: Mode, leaked: string, named?: (simulation: Simulation) => readonly Slot[]): Action {
  return {
    does: `starts an emergency, ${mode}, ${leaked} leaked`,
    act: (simulation) => {
      simulation.person.declareEmergency(mode, named?.(simulation));
    },
  };
}

const emergencies: readonly Action[] = [
  ...(['graceful', 'immediate'] as const).flatMap((mode) => [
    declares(mode, 'an unnamed key'),
    declares(mode, 'the live key', (simulation) => [liveSlot(simulation)]),
    declares(mode, 'the standby', (simulation) => [otherSlot(liveSlot(simulation))]),
    declares(mode, 'both keys', () => slots),
  ]),
  {
    does: 'pauses and starts an emergency',
    act: (simulation) => {
      simulation.person.tag((tags) => ({ ...tags, RotationPaused: 'true' }));
      simulation.person.declareEmergency('graceful', [liveSlot(simulation)]);
    },
  },
  {
    does: 'regenerates the live key, and 20 minutes later again, and starts an emergency',
    act: (simulation) => {
      simulation.person.regenerate(liveSlot(simulation));
      simulation.after(20 * minute, () => {
        simulation.person.regenerate(liveSlot(simulation));
        simulation.person.declareEmergency('graceful');
      });
    },
  },
];

/** Service Health announces regenerations of SignalR alone. */
function announces(by: Notice['by'], inMinutes?: number): Action {
  return {
    does: `hears that keys will be regenerated ${inMinutes ? `in ${inMinutes} minutes` : 'some day'}, by ${by}`,
    kind: 'signalr',
    act: ({ person }) => {
      person.raiseNotice({ by, inMs: inMinutes && inMinutes * minute });
    },
  };
}

const notices: readonly Action[] = [
  announces('poll'),
  announces('poll', 40),
  announces('poll', 180),
  announces('post'),
  announces('post', 15),
];

export const actions: readonly Action[] = [
  ...regenerations,
  ...writes,
  ...tagEdits,
  ...deletions,
  ...outages,
  ...emergencies,
  ...notices,
];

/** What a person takes back, or does to the secret as a whole; for histories alone. */
const moreActions: readonly Action[] = [
  edits('unpauses', (tags) => without(tags, 'RotationPaused')),
  {
    does: 'tags the secret again',
    act: ({ person, resource }) => {
      person.tag((tags) => ({ team: 'rendering', ...tags, ProviderAddress: resource.id }));
    },
  },
  {
    does: 'rotates back: writes what the version before held, with its tags',
    act: (simulation) => {
      const { person, vault } = simulation;
      if (isDeleted(simulation)) return;
      const { value, tags, contentType, expiresOn } = vault.versions(secretName).at(-2) ?? currentVersion(simulation);
      person.write(value, { tags, contentType, expiresOn });
    },
  },
  {
    does: 'writes a version with the live key, and 3 seconds later one with the other key',
    act: (simulation) => {
      writeKeyOf(simulation, liveSlot(simulation));
      simulation.after(3_000, () => {
        writeKeyOf(simulation, otherSlot(liveSlot(simulation)));
      });
    },
  },
  {
    does: 'deletes the secret',
    act: ({ person }) => {
      person.delete();
    },
  },
  {
    does: 'restores the secret',
    act: ({ person }) => {
      person.restore();
    },
  },
];

function writeKeyOf(simulation: Simulation, slot: Slot): void {
  const { tags } = currentVersion(simulation);
  simulation.person.write(valueWith(currentKeys(simulation)[slot], simulation.resource), { tags });
}

export const historyActions: readonly Action[] = [...actions, ...moreActions];
