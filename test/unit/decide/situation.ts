import { Buffer } from 'node:buffer';
import type { Decision, Situation } from '../../../lib/decide/decision.ts';
import { day, hour, later } from '../../../lib/model/clock.ts';
import { valid } from '../../../lib/model/check.ts';
import { fingerprintOf, Sealed } from '../../../lib/model/sealed.ts';
import type { Settings } from '../../../lib/model/settings.ts';
import type { Claim, Credential, Inspection } from '../../../lib/model/snapshot.ts';
import type { StateBinding, Rotation, State } from '../../../lib/model/state.ts';
import { resourceHash, type Target, type TargetOptions, type Window } from '../../../lib/model/target.ts';

/** When the secret's current version was made; most tables count days from here. */
export const firstDay = new Date('2026-01-05T00:00:00Z');

export function onDay(days: number, hours = 0): Date {
  return later(firstDay, days * day + hours * hour);
}

export const options: TargetOptions = {
  validityMs: 90 * day,
  overlapMs: 25 * hour,
  paused: false,
  proof: 'required',
  consumers: 'proceed',
};

const group = '/subscriptions/5ab5c000-0000-4000-8000-000000000001/resourceGroups/rg';
export const resource = `${group}/providers/Microsoft.Batch/batchAccounts/acct`;

export const target: Target = {
  secret: { vaultUrl: 'https://kv.vault.azure.net', name: 'batch-key' },
  kind: 'batch-key',
  resource,
  options,
};

export const settings: Settings = {
  vaultUrls: ['https://kv.vault.azure.net'],
  objectVaultUrls: [],
  mode: 'rotate',
  defaults: options,
  adoptionGraceMs: day,
  proofPatienceMs: 60_000,
  frozenPhases: new Set(),
  failuresUntilHeld: 5,
  startCap: 100,
  armEndpoint: 'https://management.azure.com',
  armAudience: 'https://management.azure.com',
  blobServiceUrl: 'https://store.blob.core.windows.net',
};

/** Opens on Tuesdays from 01:00 to 02:00. */
export const window: Window = { days: [2], opensAtMinute: 60, lengthMinutes: 60, timeZone: 'UTC' };

/** A credential whose key is the text, for tests to name it by: `p0`, `s0`, `p1` … */
function credential(id: string, key: string): Credential {
  const value = new Sealed(Buffer.from(key).toString('base64'));
  return { id, fingerprint: value.fingerprint, value };
}

export function keyFingerprint(key: string): string {
  return fingerprintOf(Buffer.from(key).toString('base64'));
}

interface Keys {
  readonly primary?: string;
  readonly secondary?: string;
  readonly inSecret?: string;
  readonly next?: string;
}

/** Returns the inspection of a resource with these two keys, for a secret with this value. */
export function inspectionOf(different: Keys = {}): Inspection {
  const { primary, secondary, inSecret, next } = {
    primary: 'p0',
    secondary: 's0',
    inSecret: 'p0',
    next: '',
    ...different,
  };
  const all = [credential('Primary', primary), credential('Secondary', secondary)];
  const live = all.find(({ fingerprint }) => fingerprint === keyFingerprint(inSecret));
  const standby = live && all.find(({ id }) => id !== live.id);
  const made = all.find(({ fingerprint }) => fingerprint === keyFingerprint(next));
  return {
    readiness: valid,
    credentials: all,
    secretCredential: live ?? credential('Primary', inSecret),
    ...(live && { live }),
    ...(standby && { standby }),
    ...(made && { next: made }),
  };
}

/** Returns the inspection of a resource whose credential is a version: live, next and older ones. */
export function versionInspection(live: string, { next = '', older = [] as readonly string[] } = {}): Inspection {
  const versions = [live, ...(next ? [next] : []), ...older].map((id) => credential(id, id));
  const [inUse] = versions as [Credential];
  return {
    readiness: valid,
    credentials: versions,
    secretCredential: inUse,
    live: inUse,
    next: versions.find(({ id }) => id === next),
  };
}

export function newBinding(secretCredential = 'p0', primary = 'p0', secondary = 's0'): StateBinding {
  const credentials = [
    { id: 'Primary', fingerprint: keyFingerprint(primary) },
    { id: 'Secondary', fingerprint: keyFingerprint(secondary) },
  ];
  return {
    installation: 'here',
    resource: resourceHash(resource),
    value: keyFingerprint(secretCredential),
    credentials,
  };
}

export const claim: Claim = { secret: target.secret, kind: 'batch-key', resource, version: 'v1', host: 'acct.host' };

export function rotation(more: Partial<Rotation> = {}): Rotation {
  const toRevoke = [keyFingerprint('p0'), keyFingerprint('s0')];
  return { phase: 'generate', cause: 'schedule', start: onDay(59), mode: 'graceful', toRevoke, ...more };
}

/** The differences of a situation from that of a target that is due. */
export type Overrides = Partial<Omit<Situation, 'state' | 'target' | 'settings' | 'secret'>> & {
  readonly state?: Partial<State>;
  readonly options?: Partial<TargetOptions>;
  readonly settings?: Partial<Settings>;
  readonly secret?: Partial<Situation['secret']>;
};

/** A target at rest that is due, 60 days old and good for 90; `more` says what is different. */
export function situation({
  state = {},
  options: wanted = {},
  settings: set = {},
  secret = {},
  ...more
}: Overrides = {}) {
  const known: State = { refusals: 0, stateBinding: newBinding(), ...state };
  return {
    target: { ...target, options: { ...options, ...wanted } },
    secret: {
      version: 'v1',
      value: credential('Primary', 'p0').value,
      createdOn: firstDay,
      updatedOn: firstDay,
      tags: {},
      ...secret,
    },
    readAt: onDay(60),
    taggedId: 'Primary',
    binding: 'bound',
    state: known,
    savedState: known,
    inspection: inspectionOf(),
    claim,
    request: { cause: 'schedule' },
    now: onDay(60),
    settings: { ...settings, ...set },
    jitter: 0,
    installation: 'here',
    ...more,
  } satisfies Situation as Situation;
}

/** A decision in three words: what, which phase, why. */
export function summaryOf(decision: Decision): string {
  return [decision.do, ...('phase' in decision ? [decision.phase] : []), decision.reason].join(' ');
}
