import { day, later, minute } from '../../../lib/model/clock.ts';
import { fingerprintOf, Sealed } from '../../../lib/model/sealed.ts';
import { phases, type Mode, type Phase, type State } from '../../../lib/model/state.ts';
import { pollNotices } from '../../../lib/triggers/notices/poll.ts';
import type { Slot } from '../../../lib/providers/accessKeys.ts';
import { keyIn as keyInText, withKey } from '../../../lib/providers/connectionString.ts';
import type { MutedTargets } from '../../../lib/triggers/timers/listing.ts';
import { sweep } from '../../../lib/triggers/timers/sweep.ts';
import { readTags, type TagsRead } from '../../../lib/tags/tags.ts';
import type { Services } from '../../../lib/reconcile/services.ts';
import { emptyContainer } from '../memoryBlobs.ts';
import { promises, type Fact, type Promises } from '../promises.ts';
import { Apps, type App } from './apps.ts';
import { alert, ask, type Emergency } from './asking.ts';
import { Effects, type Plan } from './effects.ts';
import type { Notice } from './notices.ts';
import { nextEvent, passQuietly, turnOf } from './pace.ts';
import { invoked, secretName, settings, overlapMs, started, type Stores } from './process.ts';
import { host, Resource, type Sort } from './resource.ts';
import { SecretStore } from './vault.ts';

/** What a sweep asks when there is nothing to do. */
export const isIdle = /:list$|^arm:graph$/;
const born = new Date('2026-01-01T00:00:00Z');

/** What there is besides a resource, a secret and the timers. */
export interface Surroundings {
  readonly apps?: readonly App[];
  /** The wish that settle does not end before every consumer has moved. */
  readonly waits?: boolean;
  /** A custom topic. */
  readonly takes?: (event: object) => void;
}

/** One resource, one secret, the timers, and a process that may die at any request. */
export class World {
  readonly effects: Effects;
  readonly watch: Promises;
  readonly resource: Resource;
  readonly secret: SecretStore;
  readonly apps: Apps;
  readonly hasTopic: boolean;
  readonly announced: string[] = [];
  readonly emergencies: Emergency[] = [];
  readonly notices: Notice[] = [];
  readonly thrown: string[] = [];
  readonly turnMs: number;
  memory: MutedTargets = new Map();
  /** Hears of whatever comes about. */
  hears: (fact: Fact) => void = () => undefined;
  readonly #takes: (event: object) => void;
  readonly #alerts = new Set<Notice>();
  readonly #stores: Stores = { leases: emptyContainer(), claims: emptyContainer() };
  #core: Services;
  #missed = false;

  constructor(sort: Sort, plan: Plan, { apps = [], waits = false, takes }: Surroundings = {}) {
    this.effects = new Effects(plan, born);
    const keys = { Primary: fingerprintOf('Primary-key-0'), Secondary: fingerprintOf('Secondary-key-0') };
    const watch = promises({ overlapMs, keys });
    this.watch = {
      violations: watch.violations,
      told: (fact) => {
        watch.told(fact);
        this.hears(fact);
      },
    };
    this.#takes = takes ?? (() => undefined);
    this.hasTopic = takes !== undefined;
    this.resource = new Resource(sort, this.effects, this.watch);
    this.secret = new SecretStore(this.effects, this.watch, this.keyIn);
    const options = waits ? { RotationOptions: 'wait-for-consumers' } : {};
    const tags = { ProviderAddress: this.resource.id, CredentialId: 'Primary', owner: 'anna', ...options };
    const more = { expiresOn: later(born, 90 * day), contentType: 'text/plain' };
    this.secret.write({ value: this.render('Primary-key-0'), tags, ...more }, 'other');
    this.effects.pass(61 * day);
    this.apps = new Apps(apps, this.effects, this.watch, this.secret);
    this.#core = this.#start();
    this.turnMs = turnOf(this);
  }

  readonly keyIn = (value: string): string => {
    return this.resource.sort === 'batch-like' ? value : keyInText(new Sealed(value)).open();
  };

  readonly render = (key: string): string => {
    const form = `Endpoint=https://${host};AccessKey=x;Version=1.0;`;
    return this.resource.sort === 'batch-like' ? key : withKey(new Sealed(key), new Sealed(form)).open();
  };

  published(events: readonly object[]): void {
    for (const event of events) this.#takes(event);
  }

  /** A new process on the same Azure. */
  #start(): Services {
    this.memory = new Map();
    return started(this, this.#stores);
  }

  emergency(mode: Mode, compromised: readonly Slot[] | undefined): void {
    this.emergencies.push({ mode, ...(compromised && { compromised }) });
  }

  /** From now on keyturn may know of it. */
  notice(notice: Notice): void {
    const { deadline } = notice;
    this.watch.told({ is: 'noticed', at: this.effects.now, ...(deadline && { deadline }) });
    this.notices.push(notice);
    if (notice.by === 'post') this.#alerts.add(notice);
  }

  /** The timers once, then time passes: as long as nothing can happen. */
  async round(): Promise<void> {
    this.effects.moment('tick');
    const before = this.effects.journal.length;
    await this.timers(phases);
    const quiet = this.effects.journal.slice(before).every((name) => isIdle.test(name));
    passQuietly(this, quiet ? nextEvent(this) : this.effects.now);
  }

  /** Who asks until it is accepted, the sweeps, and the question for notices. */
  async timers(which: readonly Phase[]): Promise<void> {
    for (const asked of this.emergencies)
      if (asked.status !== 202) await this.alive((services) => ask(this, services, asked));
    for (const notice of this.#alerts) {
      await this.alive(async (services) => {
        if (await alert(this, services, notice)) this.#alerts.delete(notice);
      });
    }
    for (const phase of which) {
      const deadline = later(this.effects.now, 4 * minute);
      await this.alive((services) => sweep(services, this.memory, phase, deadline));
      this.#noticeMissed();
    }
    if (this.notices.some(({ by }) => by !== 'event')) {
      await this.alive((services) => pollNotices(services, this.memory, later(this.effects.now, 4 * minute)));
    }
  }

  get tagged(): TagsRead {
    return readTags(secretName, this.secret.current.tags, settings.defaults, this.#core.providers);
  }

  get state(): State {
    const { tagged } = this;
    return tagged.is === 'target' ? tagged.state : { refusals: 0 };
  }

  /** What the process does until it ends, or dies and is started again. Answers whether it ended. */
  async alive(work: (services: Services) => Promise<void>): Promise<boolean> {
    const { crashed } = this.effects;
    const ended = work(invoked(this.#core, this)).catch((error: unknown) => {
      this.thrown.push(String(error));
    });
    if ((await Promise.race([ended, crashed])) !== 'crashed') return true;
    if (this.effects.crashed === crashed) {
      void this.effects.restart();
      this.#core = this.#start();
    }
    return false;
  }

  /** The version that the claim remembers as ours; nothing before adoption. */
  get claimedVersion(): string | undefined {
    // The blob with the installation's id names no secret.
    const claims = [...this.#stores.claims.blobs.values()].filter(({ metadata }) => metadata['secret'] !== undefined);
    return claims[0]?.metadata['version'];
  }

  #noticeMissed(): void {
    const missed = [...this.#stores.claims.blobs.values()].some(
      ({ metadata }) => metadata['missingsince'] !== undefined,
    );
    if (missed && !this.#missed) this.watch.told({ is: 'missed', at: this.effects.now });
    this.#missed = missed;
  }
}
