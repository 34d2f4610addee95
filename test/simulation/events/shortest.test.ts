import type { History, Move } from './history.ts';
import { play } from './play.ts';

const second = 1_000;
const hour = 3_600_000;

function after(afterMs: number, move: Move) {
  return { afterMs, move };
}

function person(does: string): Move {
  return { is: 'person', does };
}

const notice: Move = { is: 'notice', by: 'poll', agoMs: 0 };

/** Histories that broke a promise once, at their shortest. */
const stories: readonly (readonly [string, Partial<History>])[] = [
  [
    'R21: consumers seen on the version before do not shorten settle',
    {
      apps: ['app'],
      waits: true,
      moves: [
        after(20 * second, person('deletes all state tags')),
        after(0, person('starts an emergency, immediate, the live key leaked')),
      ],
    },
  ],
  [
    'R23: a repair answers no notice',
    { moves: [after(26 * hour, notice), after(20 * second, person('regenerates Secondary'))] },
  ],
  [
    'R23: an emergency of the standby alone answers no notice',
    { moves: [after(72 * hour, person('starts an emergency, graceful, the standby leaked')), after(0, notice)] },
  ],
  [
    'R23: after a repair the notice that was answered before begins nothing',
    { moves: [after(0, notice), after(7 * hour, person('regenerates both keys'))] },
  ],
];

test.each(stories)('%s', async (_sentence, story) => {
  const history: History = {
    ...{ sort: 'batch-like', apps: [], waits: false, hasTopic: false, fates: [], moves: [] },
    ...story,
  };
  const { wrong } = await play(history);
  expect(wrong).toEqual([]);
});
