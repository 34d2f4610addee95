import { phaseDueEvent } from '../../../lib/triggers/events/phaseDue.ts';
import { later } from '../../../lib/model/clock.ts';
import { eventOf } from '../port/notices.ts';
import { ofRegenerate, ofSecret } from '../port/occurred.ts';
import { secretName } from '../port/process.ts';
import type { Move } from './history.ts';
import { people } from './people.ts';
import type { Town } from './town.ts';

type Moves = { readonly [Name in Move['is']]: (town: Town, move: Move & { is: Name }) => void };

const moves: Moves = {
  person: ({ world, did }, { does }) => {
    did.push(does);
    people.get(does)?.act(world);
  },
  'secret event': ({ world: { secret, effects }, post }, { what, back }) => {
    const stored = secret.versions.at(-1 - back) ?? secret.current;
    post.send('keyVault', ofSecret(secretName, stored, what, effects.now));
  },
  'resource event': ({ world: { resource, effects }, post }, { by }) => {
    post.send('resource', ofRegenerate(resource.id, by, effects.now));
  },
  'phase due': ({ world: { tagged, effects }, post }, { phase }) => {
    if (tagged.is !== 'target') return;
    post.send('phaseDue', { specversion: '1.0', ...phaseDueEvent(tagged.target, phase, effects.now, effects.now) });
  },
  notice: ({ world, post }, { by, agoMs, inMs }) => {
    const { now } = world.effects;
    const deadline = inMs === undefined ? {} : { deadline: later(now, inMs) };
    const id = `notice-${world.notices.length}`;
    const notice = { id, start: later(now, -agoMs), toldAt: now, by, ...deadline };
    world.notice(notice);
    if (by === 'event') post.send('notice', eventOf(notice, world.resource.id));
  },
  app: ({ world: { apps } }, { nth, condition }) => {
    const app = apps.all[nth];
    if (app) app.condition = condition;
  },
  'topic down': (town, { forMs }) => {
    town.topicIsDownUntil = later(town.world.effects.now, forMs);
  },
  fault: ({ world: { effects }, faults }, { fault, inRequests }) => {
    faults.set(effects.journal.length + inRequests, fault);
  },
};

export function make(town: Town, move: Move): void {
  (moves[move.is] as (town: Town, move: Move) => void)(town, move);
}
