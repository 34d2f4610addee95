import { day, later } from '../../../lib/model/clock.ts';
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

const provider = recordingContext().context.provider;
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

async function observed({ state, value = 'value', tags = {}, updatedOn = firstDay, others = {}, claimed }: Given) {
  const own = { ProviderAddress: resource, ...(state && writeTags({}, state, 'Primary')), ...tags };
  const all: Record<string, Record<string, string>> = { ...others, [target.secret.name]: own };
  const read: Vault['read'] = ({ name }) => {
    const found = all[name];
    return found
      ? Promise.resolve(secretWith(value, found, updatedOn))
      : Promise.reject(new OperationError('secret-missing'));
  };
  const claimsOf = claims(memoryBlobs(emptyContainer(), { now: () => now }), () => 'ourselves');
  if (claimed) await claimsOf.save({ ...claim, secret: claimed });
  const services = { vault: { read } as Vault, claims: claimsOf, providers, settings: { defaults: options } };
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
