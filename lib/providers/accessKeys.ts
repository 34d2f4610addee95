import { valid, type Check, type Pending } from '../model/check.ts';
import { OperationError } from '../model/operationError.ts';
import { Sealed } from '../model/sealed.ts';
import type { Credential, Inspection } from '../model/snapshot.ts';
import type { CredentialId } from '../model/target.ts';
import type { Provider, ProviderInput, SendOwn } from './provider.ts';

export const slots = ['Primary', 'Secondary'] as const;
type Slot = (typeof slots)[number];
export type Keys = Readonly<Record<Slot, Sealed>>;

/** Read from the resource before its keys are touched. */
interface ServiceReadiness {
  readonly readiness: Check;
  readonly host?: string | undefined;
}

/** A resource with two keys: all that differs between Batch and SignalR. */
export interface AccessKeys {
  readonly kind: string;
  readonly resourceType: string;
  readonly serviceHealthName?: string | undefined;
  readonly requestLifetimeMs: number;
  /** Reads the resource if that is needed before its keys are read. */
  readiness(input: ProviderInput): Promise<ServiceReadiness>;
  keys(input: ProviderInput): Promise<Keys>;
  /** Sends nothing but the regenerate (R32, only its own answer). */
  regenerate(input: ProviderInput, slot: Slot): Promise<Keys | Pending>;
  prove(input: ProviderInput, key: Sealed, control?: Sealed): Promise<Check>;
  /** Checks the text of the secret, apart from the key in it. */
  valueCheck(value: Sealed, host: string | undefined): Check;
  keyIn(value: Sealed): Sealed;
  render(key: Sealed, currentText: Sealed): Sealed;
}

/** Turns a resource with two keys into a provider: one slot is live, the other one is the standby. */
export function accessKeys(api: AccessKeys): Provider {
  return {
    kind: api.kind,
    resourceType: api.resourceType,
    serviceHealthName: api.serviceHealthName,
    requestLifetimeMs: api.requestLifetimeMs,
    credentialId: slotFrom,
    secretCredential: (input) => secretCredentialOf(api, input),
    inspect: (input) => inspect(api, input),
    generate: async (input, standby, own) => {
      if (!standby) throw new OperationError('live-would-die');
      return regenerate(api, input, standby.id, own);
    },
    prove: (input, candidate, control) => api.prove(input, candidate.value, control?.value),
    render: (next, currentText) => renderChecked(api, next, currentText),
    revoke: (input, old, own) => regenerate(api, input, old.id, own),
  };
}

async function inspect(api: AccessKeys, input: ProviderInput): Promise<Inspection> {
  const { readiness: serviceReadiness, host } = await api.readiness(input);
  const readiness =
    serviceReadiness.is === 'valid' ? api.valueCheck(input.secret.value, host ?? input.host) : serviceReadiness;
  const inspection =
    readiness.is === 'valid'
      ? inspectionOf(api, input, await api.keys(input))
      : { readiness, credentials: [], secretCredential: secretCredentialOf(api, input) };
  const odd = readiness.is === 'valid' ? readiness.evidence : undefined;
  return { ...inspection, host, ...(odd && { notes: [{ reason: odd.reason }] }) };
}

async function regenerate(
  api: AccessKeys,
  input: ProviderInput,
  id: CredentialId,
  own: SendOwn,
): Promise<Inspection | Pending> {
  const answer = await own(() => api.regenerate(input, id as Slot));
  return 'is' in answer ? answer : inspectionOf(api, input, answer);
}

/**
 * The value of the secret, and not its tag, tells which slot is live. The other slot is the standby. The bound state
 * remembers the fingerprints that both slots had when it was written. If the standby has another one now, its key was
 * made since, by us or by a person: it is the next credential, and nothing needs to be generated (R2, truth from
 * inspection; R18, changed standby). If no slot has the key of the value, the value is dead. Then a slot whose key was
 * made since is published, or else the first slot. Without a bound state nothing tells a new key from an old one, so a
 * live value has no next credential.
 */
function inspectionOf(api: AccessKeys, input: ProviderInput, keys: Keys): Inspection {
  const credentials = slots.map((id): Credential => ({ id, fingerprint: keys[id].fingerprint, value: keys[id] }));
  const secretCredential = secretCredentialOf(api, input);
  const live = credentials.find(({ fingerprint }) => fingerprint === secretCredential.fingerprint);
  const others = credentials.filter(({ id }) => id !== live?.id);
  const remembered = input.state.stateBinding?.credentials;
  const isRemembered = ({ id, fingerprint }: Credential) =>
    remembered?.find((known) => known.id === id)?.fingerprint === fingerprint;
  const changed = remembered && others.find((credential) => !isRemembered(credential));
  const next = changed ?? (live ? undefined : others[0]);
  return {
    readiness: valid,
    credentials,
    secretCredential: live ?? secretCredential,
    live,
    standby: live && others[0],
    next,
  };
}

function secretCredentialOf(api: AccessKeys, { secret }: ProviderInput): Credential {
  const key = api.keyIn(secret.value);
  return { id: slotFrom(secret.tags['CredentialId'] ?? '') ?? slots[0], fingerprint: key.fingerprint, value: key };
}

/** Reads the rendered text back: in whatever form, it must hold the new key (R13, value contains credential). */
function renderChecked(api: AccessKeys, next: Credential, currentText: Sealed): Sealed {
  const value = api.render(next.value, currentText);
  if (api.keyIn(value).fingerprint !== next.fingerprint) throw new OperationError('value-not-of-resource');
  return value;
}

/** Reads a slot in any case. */
function slotFrom(word: string): Slot | undefined {
  return slots.find((slot) => slot.toLowerCase() === word.trim().toLowerCase());
}

/** White space around a key belongs to no key: the next version is written without it (R40, spelled as the service). */
export function trimmed(value: Sealed): Sealed {
  const text = value.open();
  return text.trim() === text ? value : new Sealed(text.trim());
}

/** Seals both keys as soon as they arrive. */
export function sealKeys(primary: string | undefined, secondary: string | undefined): Keys {
  if (!primary || !secondary) throw new OperationError('outage', { code: 'KeysMissing' });
  return { Primary: new Sealed(primary), Secondary: new Sealed(secondary) };
}
