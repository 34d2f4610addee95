import { hour, minute } from '../../../lib/model/clock.ts';
import type { History } from './history.ts';
import { judged } from './judged.ts';
import type { Told } from './tally.ts';
import { Town } from './town.ts';

/** Long enough to find drift at rest, which is looked for once in six hours, to repair it and to settle. */
const aftermathMs = 10 * hour;

/** Lets it happen, then ends the events, and waits for the dust to settle by timers alone. */
export async function play(history: History): Promise<Told> {
  const town = new Town(history);
  const { world, post, teller, did } = town;
  await town.pass(5 * minute);
  for (const { afterMs, move } of history.moves) {
    await town.pass(afterMs);
    town.move(move);
  }
  await town.pass(minute);
  post.isClosed = true;
  await town.pass(aftermathMs);
  const byCause = teller.rotations.byCause();
  const wrong = [...world.watch.violations, ...world.thrown, ...teller.early, ...judged({ world, did, byCause })];
  return { counts: { ...post.counts }, byCause, wrong, requests: world.effects.journal.length };
}
