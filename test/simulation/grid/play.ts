import { hour, second } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import type { State } from '../../../lib/model/state.ts';
import { stateFrom } from '../../../lib/tags/stateTags.ts';
import type { Told } from '../events/tally.ts';
import { secretName } from '../sdk/facts.ts';
import { isAccepted, keyIn } from '../sdk/targets.ts';
import type { History } from './history.ts';
import { make } from './moves.ts';
import { openTown, type Town } from './town.ts';

/** Long enough to find drift at rest, which is looked for once in six hours, to repair it and to settle. */
const aftermathMs = 10 * hour;

/** Lets it happen through the real clients and the local Azure's own Event Grid, and waits for the dust to settle. */
export async function play(history: History): Promise<Told> {
  const town = await openTown(history);
  for (const { afterMs, move } of history.moves) {
    await town.pass(afterMs);
    await make(town, move);
    await town.pass(second); // what comes next comes later
  }
  await town.pass(aftermathMs);
  const { watch, errors, rotations, b } = town;
  const { deliveries } = b.azure.eventGrid;
  const redeliveries = deliveries.filter(({ attempt }) => attempt > 1).length;
  const planned = history.effects.reduce<Record<string, number>>(
    (sums, { kind }) => ({ ...sums, [`planned: ${kind}`]: (sums[`planned: ${kind}`] ?? 0) + 1 }),
    {},
  );
  const counts = { deliveries: deliveries.length, redeliveries, ...planned };
  const wrong = [...watch.violations, ...errors, ...judged(town, history)];
  return { counts, byCause: rotations.byCause(), wrong, requests: b.azure.core.journal.calls.length };
}

function judged({ b, resource, rotations, notices }: Town, { moves }: History): readonly string[] {
  const { value = '', tags = {} } = b.vault.current(secretName) ?? {};
  if (!('ProviderAddress' in tags)) return [];
  const state = stateFrom(tags);
  if (typeof state === 'string') return [`end: the state is ${state}`];
  const isDead = !isAccepted(b.azure, resource, keyIn(value));
  const isForgotten = moves.some(({ move }) => move.is === 'write');
  const isAgain = !isForgotten && (rotations.byCause().get('notice') ?? 0) > notices.length;
  return [
    ...(state.held ? heldWrongly(state.held) : unheld(state, isDead, b.clock.now())),
    ...(isAgain ? ['end: one notice began more than one rotation'] : []),
  ];
}

function heldWrongly(secretCredential: Reason): readonly string[] {
  return secretCredential === 'contended' ? [] : [`end: held, ${secretCredential}`];
}

function unheld({ rotation, wait, guard }: State, isDead: boolean, now: Date): readonly string[] {
  const settles = [wait?.until, guard?.until].some((until) => until !== undefined && until > now);
  const stuck = rotation && !settles ? [`end: stuck in ${rotation.phase}, ${wait?.reason ?? 'for no reason'}`] : [];
  const isLeft = wait?.reason === 'value-not-of-resource'; // to a person
  return isDead && !isLeft ? [...stuck, 'end: the value is not accepted'] : stuck;
}
