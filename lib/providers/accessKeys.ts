import { valid, type Check, type Pending } from '../model/check.ts';
import { OperationError } from '../model/operationError.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Credential, Inspection } from '../model/snapshot.ts';
import type { CredentialId, RevocableCredential } from '../model/target.ts';
import type { Provider, ProviderInput } from './provider.ts';

export const slots = ['Primary', 'Secondary'] as const;
export type Slot = (typeof slots)[number];
export type Keys = Readonly<Record<Slot, Sealed>>;

/** What a resource says of itself before its keys are touched. */
export interface ServiceReadiness {
  readonly readiness: Check;
  readonly host?: string;
}

/** A resource with two keys: all that differs between Batch and SignalR. */
export interface AccessKeys {
  readonly kind: string;
  readonly resourceType: string;
  readonly serviceHealthName?: string;
  readonly requestLifetimeMs: number;
  /** Reads the resource where that is needed before its keys are. */
  readiness(input: ProviderInput): Promise<ServiceReadiness>;
  keys(input: ProviderInput): Promise<Keys>;
  regenerate(input: ProviderInput, slot: Slot): Promise<Keys | Pending>;
  prove(input: ProviderInput, key: Sealed, control?: Sealed): Promise<Check>;
  /** What is wrong with the secret's text, apart from the key in it. */
  valueCheck(value: Sealed, host: string | undefined): Check;
  keyIn(value: Sealed): Sealed;
  render(key: Sealed, secretCredential: Sealed): Sealed;
}

/** Two slots, one live: turns a keyed resource into a provider. */
export function accessKeys(api: AccessKeys): Provider {
  return {
    kind: api.kind,
    resourceType: api.resourceType,
    ...(api.serviceHealthName && { serviceHealthName: api.serviceHealthName }),
    requestLifetimeMs: api.requestLifetimeMs,
    credentialId: slotFrom,
    secretCredential: (input) => secretCredentialOf(api, input),
    inspect: (input) => inspect(api, input),
    generate: (input, standby) => (standby ? regenerate(api, input, standby) : Promise.reject(nothingToReplace())),
    prove: (input, candidate, control) => api.prove(input, candidate.value, control?.value),
    render: (next, secretCredential) => renderChecked(api, next, secretCredential),
    revoke: (input, old) => regenerate(api, input, old),
  };
}

async function inspect(api: AccessKeys, input: ProviderInput): Promise<Inspection> {
  const { readiness, host } = await api.readiness(input);
  const flaw = readiness.is === 'valid' ? api.valueCheck(input.secret.value, host ?? input.host) : readiness;
  const found =
    flaw.is === 'valid' ? inspectionOf(api, input, await api.keys(input)) : inspectionWithoutKeys(api, input, flaw);
  return { ...found, ...(host && { host }) };
}

async function regenerate(
  api: AccessKeys,
  input: ProviderInput,
  { id }: RevocableCredential,
): Promise<Inspection | Pending> {
  const answer = await api.regenerate(input, id as Slot);
  return 'is' in answer ? answer : inspectionOf(api, input, answer);
}

function nothingToReplace(): OperationError {
  return new OperationError('live-would-die');
}

function inspectionWithoutKeys(api: AccessKeys, input: ProviderInput, readiness: Check): Inspection {
  return { readiness, credentials: [], secretCredential: secretCredentialOf(api, input) };
}

/**
 * The value tells which slot is live. Another standby than the state remembers was made since (R2, truth from
 * inspection; R18, changed standby).
 */
function inspectionOf(api: AccessKeys, input: ProviderInput, keys: Keys): Inspection {
  const { stateBinding } = input.state;
  const all = slots.map((id): Credential => ({ id, fingerprint: keys[id].fingerprint, value: keys[id] }));
  const secretCredential = secretCredentialOf(api, input);
  const live = all.find(({ fingerprint }) => fingerprint === secretCredential.fingerprint);
  const remembered = (id: CredentialId) => stateBinding?.credentials.find((known) => known.id === id)?.fingerprint;
  const standby = all.find(({ id }) => id !== live?.id);
  const made = stateBinding && all.find(({ id, fingerprint }) => id !== live?.id && fingerprint !== remembered(id));
  // A dead value: the key made for it, else the one that took its place, else the one that is left.
  const next = live ? made : (made ?? standby);
  return {
    readiness: valid,
    credentials: all,
    secretCredential: live ?? secretCredential,
    ...(live && { live }),
    ...(live && standby && { standby }),
    ...(next && { next }),
  };
}

function secretCredentialOf(api: AccessKeys, { secret }: ProviderInput): Credential {
  const key = api.keyIn(secret.value);
  return { id: slotFrom(secret.tags['CredentialId'] ?? '') ?? slots[0], fingerprint: key.fingerprint, value: key };
}

/** Whatever the form, what is published contains the new key (R13, value contains credential). */
function renderChecked(api: AccessKeys, next: Credential, secretCredential: Sealed): Sealed {
  const value = api.render(next.value, secretCredential);
  if (api.keyIn(value).fingerprint !== next.fingerprint) throw new OperationError('value-not-of-resource');
  return value;
}

/** The tag may spell it in any case. */
function slotFrom(word: string): Slot | undefined {
  return slots.find((slot) => slot.toLowerCase() === word.trim().toLowerCase());
}
