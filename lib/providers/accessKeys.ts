import { good, type Check, type Pending } from '../model/check.ts';
import { Failure } from '../model/operationError.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Credential, Look } from '../model/snapshot.ts';
import type { CredentialId, Spare } from '../model/target.ts';
import type { Provider, View } from './provider.ts';

export const slots = ['Primary', 'Secondary'] as const;
export type Slot = (typeof slots)[number];
export type Keys = Readonly<Record<Slot, Sealed>>;

/** What a resource says of itself before its keys are touched. */
export interface Fitness {
  readonly fit: Check;
  readonly host?: string;
}

/** A resource with two keys: all that differs between Batch and SignalR. */
export interface AccessKeys {
  readonly kind: string;
  readonly resourceType: string;
  readonly noticedAs?: string;
  readonly flightMs: number;
  /** Reads the resource where that is needed before its keys are. */
  fitness(view: View): Promise<Fitness>;
  keys(view: View): Promise<Keys>;
  regenerate(view: View, slot: Slot): Promise<Keys | Pending>;
  prove(view: View, key: Sealed, control?: Sealed): Promise<Check>;
  /** What is wrong with the secret's text, apart from the key in it. */
  flaw(value: Sealed, host: string | undefined): Check;
  keyIn(value: Sealed): Sealed;
  render(key: Sealed, held: Sealed): Sealed;
}

/** Two slots, one live: turns a keyed resource into a provider. */
export function accessKeys(api: AccessKeys): Provider {
  return {
    kind: api.kind,
    resourceType: api.resourceType,
    ...(api.noticedAs && { noticedAs: api.noticedAs }),
    flightMs: api.flightMs,
    credentialId: slotNamed,
    held: (view) => heldIn(api, view),
    look: (view) => look(api, view),
    generate: (view, standby) => (standby ? regenerate(api, view, standby) : Promise.reject(nothingToReplace())),
    prove: (view, candidate, control) => api.prove(view, candidate.value, control?.value),
    render: (next, held) => rendered(api, next, held),
    revoke: (view, old) => regenerate(api, view, old),
  };
}

async function look(api: AccessKeys, view: View): Promise<Look> {
  const { fit, host } = await api.fitness(view);
  const flaw = fit.is === 'good' ? api.flaw(view.secret.value, host ?? view.host) : fit;
  const found = flaw.is === 'good' ? seen(api, view, await api.keys(view)) : unseen(api, view, flaw);
  return { ...found, ...(host && { host }) };
}

async function regenerate(api: AccessKeys, view: View, { id }: Spare): Promise<Look | Pending> {
  const answer = await api.regenerate(view, id as Slot);
  return 'is' in answer ? answer : seen(api, view, answer);
}

function nothingToReplace(): Failure {
  return new Failure('live-would-die');
}

function unseen(api: AccessKeys, view: View, fit: Check): Look {
  return { fit, all: [], held: heldIn(api, view) };
}

/** The value tells which slot is live. Another standby than the state remembers was made since (R2, R18). */
function seen(api: AccessKeys, view: View, keys: Keys): Look {
  const { bond } = view.state;
  const all = slots.map((id): Credential => ({ id, fingerprint: keys[id].fingerprint, value: keys[id] }));
  const held = heldIn(api, view);
  const live = all.find(({ fingerprint }) => fingerprint === held.fingerprint);
  const remembered = (id: CredentialId) => bond?.credentials.find((known) => known.id === id)?.fingerprint;
  const standby = all.find(({ id }) => id !== live?.id);
  const made = bond && all.find(({ id, fingerprint }) => id !== live?.id && fingerprint !== remembered(id));
  // A dead value: the key made for it, else the one that took its place, else the one that is left.
  const next = live ? made : (made ?? standby);
  return {
    fit: good,
    all,
    held: live ?? held,
    ...(live && { live }),
    ...(live && standby && { standby }),
    ...(next && { next }),
  };
}

function heldIn(api: AccessKeys, { secret }: View): Credential {
  const key = api.keyIn(secret.value);
  return { id: slotNamed(secret.tags['CredentialId'] ?? '') ?? slots[0], fingerprint: key.fingerprint, value: key };
}

/** Whatever the form, what is published contains the new key (R13). */
function rendered(api: AccessKeys, next: Credential, held: Sealed): Sealed {
  const value = api.render(next.value, held);
  if (api.keyIn(value).fingerprint !== next.fingerprint) throw new Failure('value-not-of-resource');
  return value;
}

/** The tag may spell it in any case. */
function slotNamed(word: string): Slot | undefined {
  return slots.find((slot) => slot.toLowerCase() === word.trim().toLowerCase());
}
