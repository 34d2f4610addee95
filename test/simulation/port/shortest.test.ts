import { play, type History } from './history.ts';
import type { Fault } from './effects.ts';
import type { Sort } from './resource.ts';

/** At the nth request of this name in a history in which nothing goes wrong. */
type Moment = readonly [name: string, nth: number];

interface Story {
  readonly sort?: Sort;
  readonly faults?: readonly (readonly [Moment, Fault])[];
  readonly acts?: readonly (readonly [Moment, string])[];
}

const restored = 'deletes the secret and restores it after 12 minutes';
const firstPublish: Moment = ['kv:put', 1];

/** Histories that broke a promise once, at their shortest; and the one that nothing disturbs. */
const stories: readonly (readonly [string, Story])[] = [
  ['promise 5: what will be replaced stands in the tags before', {}],
  [
    'R6: a tag of the owner set while a key is proved for a minute is kept',
    {
      sort: 'signalr-like',
      acts: [
        [['tick', 1], 'sees new keys refused for 40 seconds'],
        [['data:prove', 2], 'adds a tag of his own'],
      ],
    },
  ],
  [
    'R7: a live key replaced while the old one ends is repaired before rest',
    { acts: [[['arm:regenerate', 2], 'regenerates Secondary']] },
  ],
  [
    'R21: a fresh standby that leaked is not published',
    {
      faults: [[['data:prove', 2], 'throttled']],
      acts: [[['kv:patch', 2], 'starts an emergency, immediate, the standby leaked']],
    },
  ],
  [
    'R11: the settle of a secret that came back outlives a failing write',
    { faults: [[['claim:create', 3], 'throttled']], acts: [[['kv:patch', 3], restored]] },
  ],
  [
    'R11: a guard that is over does not stand in its way',
    {
      sort: 'signalr-like',
      acts: [
        [['kv:patch', 1], 'writes a version with the other key and the tags but for the state'],
        [firstPublish, restored],
      ],
    },
  ],
  [
    'R24: whoever loses the state loses no protection with it',
    {
      acts: [
        [['tick', 3], 'lets CredentialId name the other key'],
        [['data:prove', 4], 'corrupts RotationRecord'],
      ],
    },
  ],
];

test.each(stories)('%s', async (_sentence, { sort = 'batch-like', faults = [], acts = [] }) => {
  const { world } = await play({ sort });
  const stepOf = ([name, nth]: Moment) => {
    const steps = world.effects.journal.flatMap((one, step) => (one === name ? [step] : []));
    return steps[nth - 1] ?? -1;
  };
  const history: History = {
    sort,
    faults: faults.map(([moment, fault]) => [stepOf(moment), fault]),
    acts: acts.map(([moment, does]) => [stepOf(moment), does]),
  };
  const { wrong } = await play(history);
  expect(wrong).toEqual([]);
  for (const [step] of [...(history.faults ?? []), ...(history.acts ?? [])]) expect(step).toBeGreaterThanOrEqual(0);
});
