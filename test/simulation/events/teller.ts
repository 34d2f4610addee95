import { phaseDueType } from '../../../lib/triggers/events/phaseDue.ts';
import { day, hour } from '../../../lib/model/clock.ts';
import type { Cause } from '../../../lib/model/state.ts';
import type { Fact, Written } from '../promises.ts';
import { ofRegenerate, ofSecret, type Happening } from '../port/occurred.ts';
import type { Post } from '../port/post.ts';
import { secretName } from '../port/process.ts';
import type { World } from '../port/world.ts';
import { countRotations } from './rotations.ts';

const nearMs = 30 * day;
const validityMs = 90 * day;

/** Only these need a date. */
const dated: readonly Cause[] = ['schedule', 'near-expiry', 'expired', 'new-version'];

/** What Key Vault, the activity log and the topic tell of what came about. */
export class Teller {
  readonly rotations = countRotations();
  /** Rotations that began before they were due. */
  readonly early: string[] = [];
  readonly #world: World;
  readonly #post: Post;

  constructor(world: World, post: Post) {
    this.#world = world;
    this.#post = post;
  }

  hear(fact: Fact): void {
    const begun = this.rotations.hear(fact);
    if (begun && dated.includes(begun) && this.#isEarly(fact))
      this.early.push(`R14: began before it was due, ${begun}`);
    const { resource } = this.#world;
    if (fact.is === 'regenerated') this.#post.send('resource', ofRegenerate(resource.id, fact.by, fact.at));
    if (fact.is === 'written') this.#tellOf(fact);
  }

  /** What came to the topic: of its types, two have a receiver. */
  publish(event: object): void {
    const type = 'type' in event ? event.type : undefined;
    const time = this.#world.effects.now.toISOString();
    this.#post.send(type === phaseDueType ? 'phaseDue' : 'notice', { specversion: '1.0', ...event, time });
  }

  /** An adopted standby is published by the same write that begins. */
  #isEarly({ is, at }: Fact): boolean {
    const { versions, current } = this.#world.secret;
    const { createdOn, expiresOn } = (is === 'written' ? versions.at(-2) : undefined) ?? current;
    const expiryMs = Math.min(createdOn.getTime() + validityMs, expiresOn?.getTime() ?? Infinity);
    return at.getTime() < expiryMs - nearMs - hour - 1_000;
  }

  /** Near expiry is told of 30 days before, which may be at birth; either only while the version is the current one. */
  #tellOf({ version, at }: Written): void {
    const { secret, effects } = this.#world;
    const stored = secret.current;
    const tell = (what: Happening) => {
      if (secret.current.version !== version) return;
      this.#post.send('keyVault', ofSecret(secretName, stored, what, effects.now));
    };
    tell('NewVersionCreated');
    const { expiresOn } = stored;
    if (!expiresOn) return;
    effects.after(Math.max(0, expiresOn.getTime() - nearMs - at.getTime()), () => {
      tell('NearExpiry');
    });
    effects.after(Math.max(0, expiresOn.getTime() - at.getTime()), () => {
      tell('Expired');
    });
  }
}
