import { OperationError } from '../../../lib/model/operationError.ts';
import { fingerprintOf, Sealed } from '../../../lib/model/sealed.ts';
import type { Secret } from '../../../lib/model/snapshot.ts';
import type { SecretName } from '../../../lib/model/target.ts';
import type { Vault } from '../../../lib/stores/vault.ts';
import type { By, Promises, Tags } from '../promises.ts';
import type { Arrival, Doing, Effects } from './effects.ts';

/** A request to the vault may land this much later. */
const lateMs = 45_000;

export interface Stored {
  readonly version: string;
  readonly value: string;
  readonly tags: Tags;
  readonly createdOn: Date;
  readonly updatedOn: Date;
  readonly expiresOn?: Date;
  readonly contentType?: string;
  readonly enabled: boolean;
}

type New = Pick<Stored, 'value' | 'tags' | 'expiresOn' | 'contentType'>;

/** One secret in one vault, as Key Vault keeps it: times in whole seconds, deletion soft. */
export class SecretStore {
  readonly versions: Stored[] = [];
  deleted = false;
  readonly #effects: Effects;
  readonly #watch: Promises;
  readonly #keyIn: (value: string) => string;

  constructor(effects: Effects, watch: Promises, keyIn: (value: string) => string) {
    this.#effects = effects;
    this.#watch = watch;
    this.#keyIn = keyIn;
  }

  get current(): Stored {
    const current = this.versions.at(-1);
    if (!current) throw new Error('the secret has no version');
    return current;
  }

  write({ value, tags, expiresOn, contentType }: New, by: By, sentAt?: Date): Stored {
    if (this.deleted)
      throw new OperationError('secret-deleted', { code: 'ObjectIsDeletedButRecoverable', answered: true });
    const at = this.#effects.now;
    const version = `v${this.versions.length}`;
    const createdOn = new Date(Math.floor(at.getTime() / 1000) * 1000);
    const more = { ...(expiresOn && { expiresOn }), ...(contentType && { contentType }) };
    const stored = { version, value, tags, createdOn, updatedOn: createdOn, enabled: true, ...more };
    this.versions.push(stored);
    const key = fingerprintOf(this.#keyIn(value));
    const told = { at, by, version, key, value: fingerprintOf(value), tags, expires: expiresOn !== undefined };
    this.#watch.told({ is: 'written', ...told, ...(contentType && { contentType }), ...(sentAt && { sentAt }) });
    return stored;
  }

  tag(tags: Tags, by: By, version = this.current.version, sentAt?: Date): void {
    this.#change(version, { tags });
    this.#watch.told({ is: 'tagged', at: this.#effects.now, by, version, tags, ...(sentAt && { sentAt }) });
  }

  disable(version: string, by: By): void {
    this.#change(version, { enabled: false });
    this.#watch.told({ is: 'disabled', at: this.#effects.now, by, version });
  }

  delete(): void {
    this.deleted = true;
    this.#watch.told({ is: 'deleted', at: this.#effects.now });
  }

  restore(): void {
    this.deleted = false;
    this.#watch.told({ is: 'restored', at: this.#effects.now });
  }

  #change(version: string, change: Partial<Stored>): void {
    const index = this.versions.findIndex((one) => one.version === version);
    const before = this.versions[index];
    if (!before || this.deleted) throw missing();
    this.versions[index] = { ...before, ...change, updatedOn: this.#effects.now };
  }

  read(version: string | undefined, isKnown: boolean): Secret {
    const found = version ? this.versions.find((one) => one.version === version) : this.current;
    if (!found || this.deleted) throw missing();
    if (!found.enabled) throw new OperationError('secret-disabled', { code: 'SecretDisabled', answered: true });
    if (!version && isKnown) this.#watch.told({ is: 'read', at: this.#effects.now });
    return { ...found, value: new Sealed(found.value) };
  }
}

function missing(): OperationError {
  return new OperationError('secret-missing', { code: 'SecretNotFound', answered: true });
}

/** Keyturn's own door to it. `knows`: what is read now is what will be reckoned with. */
export function vaultPort(store: SecretStore, secret: SecretName, effects: Doing, knows: () => boolean): Vault {
  const by = ({ again }: Arrival): By => (again ? 'other' : 'keyturn');
  const whenLate = (arrival: Arrival) => (arrival.again ? undefined : arrival.sentAt);
  return {
    list: async function* () {
      await effects.do({ name: 'kv:list', act: () => undefined });
      if (!store.deleted) yield { secret, ...store.current };
    },
    read: (_, version) =>
      effects.do({ name: version ? 'kv:get-version' : 'kv:get', act: () => store.read(version, knows()) }),
    tag: (_, version, tags) => {
      const act = (arrival: Arrival) => {
        store.tag(tags, by(arrival), version, whenLate(arrival));
      };
      return effects.do({ name: 'kv:patch', lateMs, act });
    },
    set: (_, { value, ...more }) => {
      const written = { ...more, value: value.open() };
      const act = (arrival: Arrival) => {
        const stored = store.write(written, by(arrival), whenLate(arrival));
        return { ...stored, value };
      };
      return effects.do({ name: 'kv:put', lateMs, act });
    },
    disable: (_, version) => {
      const act = (arrival: Arrival) => {
        store.disable(version, by(arrival));
      };
      return effects.do({ name: 'kv:disable', lateMs, act });
    },
  };
}
