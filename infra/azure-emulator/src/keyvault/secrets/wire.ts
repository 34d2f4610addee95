import { attributes } from '../wire.ts';
import type { Home } from '../wire.ts';
import type { Secret, SecretVersion } from './store.ts';

/** A version with its full id; only an answer to get and set carries the value. */
export function bundle(home: Home, secret: Secret, version: SecretVersion): object {
  const id = `${home.uri}/secrets/${secret.name}/${version.version}`;
  return { id, ...properties(home, secret, version), kid: version.kid };
}

/** What a list shows of a secret: the current version under an id without version. */
export function item(home: Home, secret: Secret, version: SecretVersion): object {
  return { id: `${home.uri}/secrets/${secret.name}`, ...properties(home, secret, version) };
}

function properties(home: Home, { managed }: Secret, version: SecretVersion): object {
  const { contentType, tags } = version;
  return { contentType, attributes: attributes(home, version), tags, ...(managed ? { managed } : {}) };
}
