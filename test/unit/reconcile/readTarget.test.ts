import { day, hour, later } from '../../../lib/model/clock.ts';
import { OperationError } from '../../../lib/model/operationError.ts';
import { fingerprintOf, Sealed } from '../../../lib/model/sealed.ts';
import type { Secret } from '../../../lib/model/snapshot.ts';
import type { State } from '../../../lib/model/state.ts';
import type { SecretName } from '../../../lib/model/target.ts';
import { claims } from '../../../lib/stores/claims.ts';
import { readTarget } from '../../../lib/reconcile/readTarget.ts';
import { writeTags } from '../../../lib/tags/tags.ts';
import type { Vault } from '../../../lib/stores/vault.ts';
import { onDay, newBinding, firstDay, claim, resource, rotation, target, options } from '../decide/situation.ts';
import { recordingContext } from '../phases/stepContext.ts';
import { emptyContainer, memoryBlobs } from '../../simulation/memoryBlobs.ts';
import { held } from '../../support/timers.ts';

const recording = recordingContext().context.provider;
const provider = {
  ...recording,
  minOverlapMs: 24 * hour,
  credentialId: (word: string) => ['Primary', 'Secondary'].find((id) => id.toLowerCase() === word.toLowerCase()),
  qualifier: (value: Sealed) => (value.open().startsWith('qualified') ? value.open() : undefined),
};
const providers = {
  of: (kind: string) => (kind === 'batch-key' ? provider : undefined),
  kindFor: () => 'batch-key',
  defaultsFor: <T>(_kind: string, options: T) => options,
};

interface Given {
  readonly state?: State;
  readonly value?: string;
  readonly tags?: Record<string, string>;
  readonly updatedOn?: Date;
  readonly others?: Readonly<Record<string, Record<string, string>>>;
  readonly claimed?: SecretName;
  /** As the claim has it. */
  readonly correctedUntil?: Date;
  readonly qualifier?: string;
  /** What reading another secret fails with. */
  readonly failing?: Error;
  readonly kind?: string;
}

const now = onDay(60);
const idle: State = {
  refusals: 0,
  stateBinding: { ...newBinding(), installation: 'ourselves', value: fingerprintOf('value') },
};
const theirs: State = {
  ...idle,
  stateBinding: { ...newBinding(), installation: 'another', value: fingerprintOf('value') },
};

function secretWith(value: string, tags: Record<string, string>, updatedOn: Date): Secret {
  return { version: 'v1', value: new Sealed(value), createdOn: firstDay, updatedOn, tags };
}

async function observed({ state, value = 'value', tags = {}, updatedOn = firstDay, others = {}, ...given }: Given) {
  const { claimed, correctedUntil, qualifier, failing = new OperationError('secret-missing'), kind } = given;
  const own = { ProviderAddress: resource, ...(state && writeTags({}, state, 'Primary')), ...tags };
  const all: Record<string, Record<string, string>> = { ...others, [target.secret.name]: own };
  const read: Vault['read'] = ({ name }) => {
    const found = all[name];
    return found ? Promise.resolve(secretWith(value, found, updatedOn)) : Promise.reject(failing);
  };
  const claimsOf = claims(memoryBlobs(emptyContainer(), { now: () => now }));
  if (claimed) await claimsOf.save({ ...claim, secret: claimed, qualifier, correctedUntil }, held);
  const services = {
    vault: { read } as Vault,
    claims: claimsOf,
    installation: 'ourselves',
    providers: { ...providers, kindFor: (type: string) => (type ? (kind ?? 'batch-key') : undefined) },
    settings: { defaults: options },
  };
  return readTarget(services, target.secret, now);
}

const fresh = later(now, -day);

describe('R1: state', () => {
  test.each<[string, Given, string]>([
    ['that was written with the value binds to it', { state: idle }, 'bound'],
    ['that was written with another value is a copy', { state: idle, value: 'other' }, 'lost'],
    ['of another resource is a copy', { state: idle, tags: { ProviderAddress: `${resource}2` } }, 'lost'],
    ['that is missing is lost', {}, 'lost'],
    ['that is corrupt is lost', { state: idle, tags: { RotationRecord: '{' } }, 'lost'],
    ['of another installation that was quiet for a week is lost', { state: theirs }, 'lost'],
  ])('%s', async (_sentence, given, binding) => {
    expect(await observed(given)).toMatchObject({ is: 'target', unseen: { binding } });
  });

  test('that is lost says nothing but what is waited for', async () => {
    const wait = { reason: 'throttled', since: onDay(59), until: onDay(61) } as const;
    const copied: State = { ...idle, rotation: rotation(), held: 'contended', lastRotation: onDay(1), wait };
    const found = await observed({ state: copied, value: 'other' });
    if (found.is !== 'target') throw new Error(found.is);
    expect(found.unseen.state).not.toHaveProperty('rotation');
    expect(found.unseen.state).not.toHaveProperty('held');
    expect(found.unseen.state).not.toHaveProperty('stateBinding');
  });

  test('R24: a guard outlives lost state, and state that is bound counts as a whole', async () => {
    const guard = { reason: 'tag-corrected', until: onDay(61) } as const;
    const wait = { reason: 'throttled', since: onDay(59), until: onDay(61) } as const;
    const guarded: State = { ...idle, refusals: 2, guard, lastRotation: onDay(1) };
    const waiting = await observed({ state: { ...guarded, wait }, value: 'other' });
    expect(waiting).toMatchObject({ unseen: { state: { refusals: 2, guard, wait } } });
    const lost = await observed({ state: guarded, value: 'other' });
    expect(lost).toMatchObject({ unseen: { state: { refusals: 2, guard } } });
    expect(lost).not.toHaveProperty('unseen.state.wait');
    expect(await observed({ state: guarded })).toMatchObject({ unseen: { state: guarded, savedState: guarded } });
    expect(await observed({ state: idle, value: 'other' })).not.toHaveProperty('unseen.state.guard');
  });

  test('that a person deleted is lost, although its record binds', async () => {
    const { RotationRecord = '' } = writeTags({}, idle, 'Primary');
    expect(await observed({ tags: { RotationRecord } })).toMatchObject({ unseen: { binding: 'lost' } });
  });

  test('of another installation counts until it was quiet for a whole week', async () => {
    const aWeekAgo = await observed({ state: theirs, updatedOn: later(now, -7 * day) });
    expect(aWeekAgo).toMatchObject({ unseen: { binding: 'lost' } });
  });
});

describe('R12: the quiet period after a corrected tag that stands in the claim', () => {
  const claimed = target.secret;
  const short = { reason: 'tag-corrected', until: onDay(61) } as const;
  const long = { reason: 'tag-corrected', until: onDay(62) } as const;
  const restored = { reason: 'restored', until: onDay(63) } as const;

  test.each<[string, Given, State['guard']]>([
    ['counts where the tags lost it', { state: idle, claimed, correctedUntil: long.until }, long],
    ['outlives a shorter one', { state: { ...idle, guard: short }, claimed, correctedUntil: long.until }, long],
    ['shortens none', { state: { ...idle, guard: long }, claimed, correctedUntil: short.until }, long],
    [
      'forbids what a longer one of another reason allows',
      { state: { ...idle, guard: restored }, claimed, correctedUntil: long.until },
      { ...restored, reason: 'tag-corrected' },
    ],
    ['is over in its time', { state: idle, claimed, correctedUntil: now }, undefined],
    [
      'is nothing to another secret',
      { state: idle, claimed: { ...claimed, name: 'claimant' }, correctedUntil: long.until },
      undefined,
    ],
  ])('%s', async (_sentence, given, guard) => {
    const found = await observed(given);
    if (found.is !== 'target') throw new Error(found.is);
    expect(found.unseen.state.guard).toEqual(guard);
  });
});

test.each([
  ['in other letters', ' secondary ', 'Secondary'],
  ['missing', ' ', undefined],
])('the tag CredentialId %s', async (_sentence, CredentialId, taggedId) => {
  const found = await observed({ tags: { CredentialId } });
  if (found.is !== 'target') throw new Error(found.is);
  expect(found.unseen.taggedId).toBe(taggedId);
});

test('promise 9: a credential that the kind does not know bars the target', async () => {
  const found = await observed({ tags: { CredentialId: 'Tertiary' } });
  expect(found).toMatchObject({ is: 'barred', reason: 'credential-id-unknown', target: { resource } });
});

test.each([
  ['PT1H', 24 * hour],
  ['P2D', 48 * hour],
])('promise 2: an overlap of %s is as long as the kind needs at least', async (RotationOverlap, overlapMs) => {
  expect(await observed({ tags: { RotationOverlap } })).toMatchObject({
    unseen: { target: { options: { overlapMs } } },
  });
});

test.each([
  ['without rotation tags', { tags: { ProviderAddress: '' } }],
  ['of a kind that is not served', { kind: 'batch-password' }],
])('promise 8: a secret %s is foreign', async (_sentence, given) => {
  expect(await observed(given)).toEqual({ is: 'foreign' });
});

test.each<[string, Given, string]>([
  ['another installation in mid-rotation', { state: { ...theirs, rotation: rotation() } }, 'managed-elsewhere'],
  ['another installation that wrote within a week', { state: theirs, updatedOn: fresh }, 'managed-elsewhere'],
  ['an option that cannot be read', { tags: { RotationOverlap: 'soon' } }, 'bad-tags'],
])('%s bars the target', async (_sentence, given, reason) => {
  expect(await observed(given)).toMatchObject({ is: 'barred', reason });
});

const heir = { vaultUrl: target.secret.vaultUrl, name: 'claimant' };

describe('R9: the claim', () => {
  test.each<[string, Given, unknown]>([
    ['of no secret', {}, undefined],
    ['of this secret', { claimed: target.secret }, { secret: target.secret }],
    ['of another secret', { claimed: heir, others: { claimant: { ProviderAddress: resource } } }, 'of-another'],
    [
      'of another that is barred just now',
      { claimed: heir, others: { claimant: { ProviderAddress: resource, RotationLead: 'x' } } },
      'of-another',
    ],
    ['of one that is gone', { claimed: heir }, undefined],
    ['of one that cannot be read', { claimed: heir, failing: new OperationError('outage') }, 'of-another'],
    [
      'of another secret for the same certificate',
      {
        claimed: heir,
        value: 'qualified/a',
        qualifier: 'qualified/a',
        others: { claimant: { ProviderAddress: resource } },
      },
      'of-another',
    ],
    ['of one that is untagged', { claimed: heir, others: { claimant: {} } }, undefined],
    [
      'of one that points elsewhere',
      { claimed: heir, others: { claimant: { ProviderAddress: `${resource}2` } } },
      undefined,
    ],
  ])('%s', async (_sentence, given, expected) => {
    const found = await observed(given);
    if (found.is !== 'target') throw new Error(found.is);
    if (typeof expected === 'object') expect(found.unseen.claim).toMatchObject(expected as object);
    else expect(found.unseen.claim).toBe(expected);
  });
});

test('R9: an error that is none of a service is not hidden', async () => {
  await expect(observed({ claimed: heir, failing: new TypeError('A bug.') })).rejects.toThrow('A bug.');
});

test('R9: of two certificates of one account each has its own claim', async () => {
  const other = { claimed: heir, qualifier: 'qualified b', value: 'qualified a' };
  const found = await observed({ ...other, others: { claimant: { ProviderAddress: resource } } });
  expect(found).not.toHaveProperty('unseen.claim', 'of-another');
});
