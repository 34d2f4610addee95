import { isReason } from '../../../lib/model/reason.ts';
import { isFit, tagsOf, valueOf } from './rules.ts';
import type { Follower } from './stage.ts';
import type { World } from './world.ts';
import { keyInUse } from '../../support/customerManagedKeys.ts';

/** What stands at the end, whatever happened: the secret, its tag and the account agree, and nothing leaked. */
export function problemsAtEnd(world: World): readonly string[] {
  return [...disagreements(world), ...leaked(world)];
}

export function disagreements(world: World): readonly string[] {
  return world.followers.flatMap((follower) => disagreementsOf(world, follower));
}

function disagreementsOf(world: World, { secret, account }: Follower): readonly string[] {
  const value = valueOf(world, secret);
  const { CredentialId } = tagsOf(world, secret);
  const now = world.azure.clock.now();
  return [
    world.kind === 'batch-cmk' && keyInUse(account) !== value && `${secret}: the account uses another version`,
    CredentialId !== value.toLowerCase().split('/').at(-1) && `${secret}: the tag names another version`,
    !isFit({ ...world, now }, value) && `${secret}: what is live is not fit`,
    !hasReason(world, secret) && `${secret}: waits without a reason`,
  ].filter((problem) => typeof problem === 'string');
}

/** What the owner wrote is disabled when something else took its place. */
export function firstLeft({ vault, followers }: World): readonly string[] {
  return followers.flatMap(({ secret }) => {
    const [first, ...later] = vault.versions(secret);
    return later.length > 0 && first?.enabled ? [`${secret}: the version that the owner wrote is still enabled`] : [];
  });
}

function hasReason({ state }: World, secret: string): boolean {
  const { rotation, held, wait, guard } = state(secret);
  const reason = held ?? wait?.reason ?? guard?.reason;
  return reason === undefined ? rotation === undefined : isReason(reason);
}

/** The public half of a key is not secret, but it has no business there either. */
export function leaked({ azure, vault, lines, ground, followed, other }: World): readonly string[] {
  const keys = [followed, other].flatMap(({ name }) => {
    return vault.keys.versions(name).flatMap(({ publicKey }) => ('n' in publicKey ? publicKey.n : publicKey.x));
  });
  const files = [followed, other].flatMap(({ name }) => vault.versions(name).map(({ value }) => value));
  const secrets = [...keys, ...files, ...azure.core.issued].map((text) => text.slice(-40));
  const tags = vault.list('active').flatMap(({ versions }) => versions.map((version) => version.tags));
  const blobs = [ground.leases, ground.claims].flatMap((container) => [...container.blobs.values()]);
  const written = [...lines, JSON.stringify([tags, blobs])].join('\n');
  return secrets.some((secret) => secret !== '' && written.includes(secret))
    ? ['7: a key or token was written down']
    : [];
}
