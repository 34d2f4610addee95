import { earliest, later, minute, second } from '../../../lib/model/clock.ts';
import { OperationError } from '../../../lib/model/operationError.ts';
import { phases } from '../../../lib/model/state.ts';
import { onNoticeEvent } from '../../../lib/triggers/notices/event.ts';
import { onKeyVaultEvent, onPhaseDue, onResourceEvent, RedeliverError } from '../../../lib/triggers/events/handlers.ts';
import type { Services } from '../../../lib/reconcile/services.ts';
import type { Fault } from '../port/effects.ts';
import { nextEvent } from '../port/pace.ts';
import { Post, type Receiver } from '../port/post.ts';
import { isIdle, World } from '../port/world.ts';
import type { History, Move } from './history.ts';
import { make } from './moves.ts';
import { Teller } from './teller.ts';

const sweepEveryMs = 5 * minute;

/** The world with everything that tells of it. */
export class Town {
  readonly world: World;
  readonly post: Post;
  readonly teller: Teller;
  /** What people did. */
  readonly did: string[] = [];
  /** By the number of the request that each one meets. */
  readonly faults = new Map<number, Fault>();
  topicIsDownUntil = new Date(0);
  #sweepsAt: Date;

  constructor({ sort, apps, waits, hasTopic, fates }: History) {
    const all = apps.map((kind, nth) => {
      return { name: `app${nth}`, plan: `plan${nth % 2}`, kind, condition: 'well' as const };
    });
    const plan = { before: () => undefined, faultAt: (step: number) => this.faults.get(step) };
    const takes = (event: object) => {
      if (this.world.effects.now < this.topicIsDownUntil)
        throw new OperationError('outage', { code: 'ServiceUnavailable' });
      this.teller.publish(event);
    };
    this.world = new World(sort, plan, { apps: all, waits, ...(hasTopic && { takes }) });
    this.post = new Post(this.world.effects, fates, (to, event) => this.#receive(to, event));
    this.teller = new Teller(this.world, this.post);
    this.world.hears = (fact) => {
      this.teller.hear(fact);
    };
    this.#sweepsAt = this.world.effects.now;
  }

  /** Lets time pass to whatever comes next, again and again. */
  async pass(ms: number): Promise<void> {
    const { effects } = this.world;
    const until = later(effects.now, ms);
    while (effects.now < until) {
      const asked = effects.journal.length;
      const next = earliest(until, this.#sweepsAt, effects.nextComing ?? until);
      effects.pass(Math.max(0, next.getTime() - effects.now.getTime()));
      await this.post.idle();
      if (effects.journal.length > asked) this.#sweepSoon();
      if (effects.now >= this.#sweepsAt) await this.#sweep();
    }
  }

  move(move: Move): void {
    this.#sweepSoon();
    make(this, move);
  }

  /** Something may have come about that the next sweep finds. */
  #sweepSoon(): void {
    this.#sweepsAt = earliest(this.#sweepsAt, nextMark(later(this.world.effects.now, 1)));
  }

  async #sweep(): Promise<void> {
    const { world, post } = this;
    const { effects } = world;
    const before = effects.journal.length;
    await world.timers(phases);
    await post.idle();
    const isQuiet = effects.journal.slice(before).every((name) => isIdle.test(name));
    this.#sweepsAt = nextMark(isQuiet ? nextEvent(world) : later(effects.now, 1));
  }

  async #receive(to: Receiver, event: object): Promise<boolean> {
    const { world } = this;
    let isWell = true;
    const ended = await world.alive(async (services) => {
      try {
        await receivers[to](services, event, world, later(world.effects.now, 10 * second));
      } catch (error) {
        if (!(error instanceof RedeliverError)) throw error;
        isWell = false;
      }
    });
    return ended && isWell;
  }
}

/** When the timers come next, from `date` on. */
function nextMark(date: Date): Date {
  return new Date(Math.ceil(date.getTime() / sweepEveryMs) * sweepEveryMs);
}

type Work = (services: Services, event: object, world: World, deadline: Date) => Promise<unknown>;

const receivers: Readonly<Record<Receiver, Work>> = {
  keyVault: (services, event, _, deadline) => onKeyVaultEvent(services, event, deadline),
  resource: (services, event, _, deadline) => onResourceEvent(services, event, deadline),
  notice: (services, event, { memory }, deadline) => onNoticeEvent(services, memory, event, deadline),
  phaseDue: (services, event, _, deadline) =>
    Promise.all(phases.map((phase) => onPhaseDue(services, phase, event, deadline))),
};
