import type { Claim } from '../../model/snapshot.ts';
import { normalizedId, type SecretName, type Target } from '../../model/target.ts';
import { correctionHint, readTags } from '../../tags/tags.ts';
import type { Services } from '../../reconcile/services.ts';
import { conflict } from './problem.ts';
import type { Problem } from '../../model/problem.ts';
import type { RotationRequest } from './rotationRequest.ts';

/** Finds the target that a request names: by its secret, or by the resource and kind of a claim. */
export async function findTarget(services: Services, named: RotationRequest['target']): Promise<Target | Problem> {
  const secret = 'secret' in named ? named.secret : await claimant(services, named.resource, named.kind);
  if ('status' in secret) return secret;
  if (!services.settings.vaultUrls.includes(secret.vaultUrl)) {
    return {
      status: 403,
      title: 'Vault not allowed',
      detail: 'The vault is not in KEYTURN_VAULTS: add it, or name another.',
    };
  }
  const found = readTags(
    secret,
    (await services.vault.read(secret)).tags,
    services.settings.defaults,
    services.providers,
  );
  if (found.is === 'barred') return conflict(found.reason, correctionHint(found));
  if (found.is === 'target' && rotates(found.target, named)) return found.target;
  return noTarget;
}

/** The same for a secret that does not exist, so that the answer does not tell which secrets do. */
export const noTarget: Problem = {
  status: 404,
  title: 'No target',
  detail: 'The secret has no rotation tags for this: see docs/settings.md.',
};

/** A claim may be older than the tags. What counts is what the secret is the target of today. */
function rotates(target: Target, named: RotationRequest['target']): boolean {
  if (!('resource' in named)) return true;
  const sameResource = normalizedId(target.resource) === normalizedId(named.resource);
  return sameResource && (named.kind === undefined || named.kind === target.kind);
}

/** Finds the claimed secret: the claims are the index from resource to secret. */
async function claimant(services: Services, resource: string, kind: string | undefined): Promise<SecretName | Problem> {
  const wanted = services.providers.kindsOf(resource).find((each) => kind === undefined || each === kind);
  const [claim, ...others] = wanted ? await claimsOf(services, resource, wanted) : [];
  if (claim && others.length === 0) return claim.secret;
  if (claim) {
    return {
      status: 409,
      title: 'Several targets',
      detail: 'The resource has several targets of this kind: name one by vault and secret.',
    };
  }
  return { ...noTarget, detail: 'No adopted secret rotates this resource: name it by vault and secret.' };
}

async function claimsOf(services: Services, resource: string, kind: string): Promise<readonly Claim[]> {
  if (!services.providers.of(kind)?.qualifier) {
    const claim = await services.claims.of(resource, kind);
    return claim ? [claim] : [];
  }
  const found: Claim[] = [];
  for await (const claim of services.claims.list()) {
    if (claim.kind === kind && normalizedId(claim.resource) === normalizedId(resource)) found.push(claim);
  }
  return found;
}
