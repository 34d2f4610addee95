import { hasClass, isReason } from '../../../lib/model/reason.ts';
import { isFit } from './invariants.ts';
import { keyInUse, tagsOf, valueOf, type Follower, type VersionSimulation } from './simulation.ts';

export function isAtRest({ state, followers }: VersionSimulation): boolean {
  return followers.every(({ secret }) => {
    const { rotation, wait } = state(secret);
    return !rotation && (!wait || hasClass(wait.reason, 'nothing-to-rotate'));
  });
}

/** Every secret names the newest version, and nothing is under way. */
export function hasNewest(simulation: VersionSimulation): boolean {
  const { followers, followed } = simulation;
  const [, ...newer] = followed.versions();
  const newest = newer.at(-1);
  const id = `${followed.url}/${newest?.version ?? ''}`;
  return (
    newest !== undefined && isAtRest(simulation) && followers.every(({ secret }) => valueOf(simulation, secret) === id)
  );
}

/** Where the secret, its tag and the account do not agree. */
export function disagreements(simulation: VersionSimulation): readonly string[] {
  return simulation.followers.flatMap((follower) => disagreementsOf(simulation, follower));
}

function disagreementsOf(simulation: VersionSimulation, { secret, account }: Follower): readonly string[] {
  const value = valueOf(simulation, secret);
  const { CredentialId } = tagsOf(simulation, secret);
  return [
    simulation.kind === 'batch-cmk' && keyInUse(account) !== value && `${secret}: the account uses another version`,
    CredentialId !== value.toLowerCase().split('/').at(-1) && `${secret}: the tag names another version`,
    !isFit({ ...simulation, now: simulation.now() }, value) && `${secret}: the live version is not fit`,
    !hasReason(simulation, secret) && `${secret}: waits without a reason`,
  ].filter((problem) => problem !== false);
}

function hasReason({ state }: VersionSimulation, secret: string): boolean {
  const { rotation, held, wait, guard } = state(secret);
  const reason = held ?? wait?.reason ?? guard?.reason;
  return reason === undefined ? rotation === undefined : isReason(reason);
}

/** The owner's version must be disabled when another took its place. */
export function ownersVersionLeft({ vault, followers }: VersionSimulation): readonly string[] {
  return followers.flatMap(({ secret }) => {
    const [first, ...later] = vault.versions(secret);
    return later.length > 0 && first?.enabled ? [`${secret}: the version that the owner wrote is still enabled`] : [];
  });
}

/** The public half of a key is not secret, but it must not be written down either. */
export function leaks({ azure, vault, lines, platform, followed, other }: VersionSimulation): readonly string[] {
  const keys = [followed, other].flatMap(({ name }) =>
    vault.keys.versions(name).flatMap(({ publicKey }) => ('n' in publicKey ? publicKey.n : publicKey.x)),
  );
  const files = [followed, other].flatMap(({ name }) => vault.versions(name).map(({ value }) => value));
  const secrets = [...keys, ...files, ...azure.core.issued].map((text) => text.slice(-40));
  const tags = vault.list('active').flatMap(({ versions }) => versions.map((version) => version.tags));
  const blobs = [platform.leases, platform.claims].flatMap((container) => [...container.blobs.values()]);
  const written = [...lines, JSON.stringify([tags, blobs])].join('\n');
  const isLeaked = secrets.some((secret) => secret !== '' && written.includes(secret));
  return isLeaked ? ['7: a key or token was written down'] : [];
}
