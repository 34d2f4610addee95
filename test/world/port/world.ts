import { HttpRequest } from '@azure/functions';
import { isItsTurn } from '../../../lib/decide/wants.ts';
import { startRotation } from '../../../lib/http/rotations.ts';
import { day, hour, later, minute, second } from '../../../lib/model/clock.ts';
import { fingerprintOf, Sealed } from '../../../lib/model/sealed.ts';
import { phases, type Mode, type State } from '../../../lib/model/state.ts';
import type { Slot } from '../../../lib/providers/accessKeys.ts';
import { keyIn as keyInText, withKey } from '../../../lib/providers/connectionString.ts';
import type { Memory } from '../../../lib/sightings.ts';
import { sweep } from '../../../lib/sweep.ts';
import { read, type Tagged } from '../../../lib/targets/tags.ts';
import type { Core } from '../../../lib/visit.ts';
import { emptyContainer } from '../memoryBlobs.ts';
import { promises, type Promises } from '../promises.ts';
import { Effects, type Plan } from './effects.ts';
import { secretName, settings, settleMs, started, type Stores } from './process.ts';
import { host, Resource, type Sort } from './resource.ts';
import { SecretStore } from './vault.ts';

const sweepEveryMs = 5 * minute;
/** While something is on its way somebody comes by more often, or nobody would meet it. */
const restlessMs = 50 * second;
const born = new Date('2026-01-01T00:00:00Z');

export interface Emergency {
  readonly mode: Mode;
  readonly compromised?: readonly Slot[];
  /** What was named when the request was sent that was accepted, or whose answer got lost. */
  leaked?: readonly string[];
  status?: number;
}

/** One resource, one secret, the four timers, and a process that may die at any request. */
export class World {
  readonly effects: Effects;
  readonly watch: Promises;
  readonly resource: Resource;
  readonly secret: SecretStore;
  readonly announced: string[] = [];
  readonly emergencies: Emergency[] = [];
  readonly thrown: string[] = [];
  readonly #stores: Stores = { leases: emptyContainer(), claims: emptyContainer() };
  readonly #turnMs: number;
  #memory: Memory = new Map();
  #core: Core;
  #missed = false;

  constructor(sort: Sort, plan: Plan) {
    this.effects = new Effects(plan, born);
    const keys = { Primary: fingerprintOf('Primary-key-0'), Secondary: fingerprintOf('Secondary-key-0') };
    this.watch = promises({ settleMs, keys });
    this.resource = new Resource(sort, this.effects, this.watch);
    this.secret = new SecretStore(this.effects, this.watch, this.keyIn);
    const tags = { ProviderAddress: this.resource.id, CredentialId: 'Primary', owner: 'anna' };
    const more = { expiresOn: later(born, 90 * day), contentType: 'text/plain' };
    this.secret.write({ value: this.render('Primary-key-0'), tags, ...more }, 'other');
    this.effects.pass(61 * day);
    this.#core = this.#start();
    this.#turnMs = this.#turn();
  }

  readonly keyIn = (value: string): string => {
    return this.resource.sort === 'batch-like' ? value : keyInText(new Sealed(value)).open();
  };

  readonly render = (key: string): string => {
    const form = `Endpoint=https://${host};AccessKey=x;Version=1.0;`;
    return this.resource.sort === 'batch-like' ? key : withKey(new Sealed(key), new Sealed(form)).open();
  };

  /** A new process on the same Azure. */
  #start(): Core {
    this.#memory = new Map();
    return started(this, this.#stores);
  }

  emergency(mode: Mode, compromised: readonly Slot[] | undefined): void {
    this.emergencies.push({ mode, ...(compromised && { compromised }) });
  }

  /** The four timers once, then time passes: as long as nothing can happen. */
  async round(): Promise<void> {
    this.effects.moment('tick');
    const before = this.effects.journal.length;
    for (const asked of this.emergencies) if (asked.status !== 202) await this.#alive(() => this.#ask(asked));
    for (const phase of phases) {
      const deadline = later(this.effects.now, 4 * minute);
      await this.#alive(() => sweep(this.#core, this.#memory, phase, deadline));
      this.#noticeMissed();
    }
    const quiet = this.effects.journal.slice(before).every((name) => name.endsWith(':list'));
    this.#passUntil(quiet ? this.#nextEvent() : this.effects.now);
  }

  /** The next time of the timers that is not before `date`. */
  #passUntil(date: Date): void {
    const nowMs = this.effects.now.getTime();
    const coming = this.effects.nextComing;
    if (coming && coming.getTime() < nowMs + sweepEveryMs) {
      this.effects.pass(restlessMs);
      return;
    }
    const from = Math.max(date.getTime(), nowMs + 1);
    this.effects.pass(Math.ceil(from / sweepEveryMs) * sweepEveryMs - nowMs);
  }

  #nextEvent(): Date {
    const { now, nextComing } = this.effects;
    const { wait, guard } = this.state;
    const turn = new Date(Math.ceil((now.getTime() - this.#turnMs) / (6 * hour)) * 6 * hour + this.#turnMs);
    const settled = later(this.secret.current.createdOn, settleMs);
    const dates = [wait?.until, guard?.until, nextComing, settled, turn, later(now, hour)];
    const ahead = dates.filter((date) => date !== undefined && date > now).map((date) => Number(date));
    return new Date(Math.min(...ahead, now.getTime() + 10 * minute * (this.state.rotation ? 1 : 6)));
  }

  /** When in each six hours it is this target's turn to be looked at for drift. */
  #turn(): number {
    const seen = this.tagged;
    const state: State = { refusals: 0, bond: { installation: '', resource: '', value: '', credentials: [] } };
    if (seen.is === 'foreign') return 0;
    const sighting = { target: seen.target, state, createdOn: born };
    const times = Array.from({ length: 72 }, (_, i) => i * sweepEveryMs);
    return times.find((ms) => isItsTurn(sighting, new Date(ms))) ?? 0;
  }

  get tagged(): Tagged {
    return read(secretName, this.secret.current.tags, settings.wishes, this.#core.providers);
  }

  get state(): State {
    const { tagged } = this;
    return tagged.is === 'target' ? tagged.state : { refusals: 0 };
  }

  /** What the process does until it ends, or dies and is started again. */
  async #alive(work: () => Promise<void>): Promise<void> {
    const ended = work().catch((error: unknown) => {
      this.thrown.push(String(error));
    });
    if ((await Promise.race([ended, this.effects.crashed])) !== 'crashed') return;
    void this.effects.restart();
    this.#core = this.#start();
  }

  async #ask(asked: Emergency): Promise<void> {
    const { vaultUrl: vault, name } = secretName;
    const { mode, compromised } = asked;
    const body = JSON.stringify({ vault, secret: name, mode, compromised, reason: 'leaked' });
    const idempotencyKey = `key-${this.emergencies.indexOf(asked)}`;
    const headers = { 'idempotency-key': idempotencyKey };
    const request = new HttpRequest({
      url: 'https://app.example/api/rotations',
      method: 'POST',
      headers,
      body: { string: body },
    });
    const named = compromised ?? [this.resource.slotOf(this.keyIn(this.secret.current.value)) ?? 'Primary'];
    const leaked = (asked.leaked ??= named.map((slot) => this.resource.keys[slot]));
    this.watch.told({ is: 'emergency', at: this.effects.now, mode, leaked: leaked.map(fingerprintOf) });
    const { status = 0 } = await startRotation(this.#core, request);
    asked.status = status;
    if (status === 202) return;
    const equal = [idempotencyKey, mode, ...(compromised ?? [])].join('\n');
    if (this.state.request === fingerprintOf(equal)) return;
    this.watch.told({ is: 'refused', at: this.effects.now });
    delete asked.leaked;
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
