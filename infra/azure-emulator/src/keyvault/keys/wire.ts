import { attributes, toSeconds } from '../wire.ts';
import type { Home } from '../wire.ts';
import { noRules } from './rotationPolicy.ts';
import type { RotationPolicy, RotationRules } from './rotationPolicy.ts';
import type { Key, KeyVersion } from './store.ts';

export function bundle(home: Home, key: Key, version: KeyVersion): object {
  const { publicKey, operations, releasePolicy } = version;
  return {
    key: { kid: keyId(home, key, version), key_ops: operations, ...publicKey },
    ...properties(home, key, version),
    ...(releasePolicy ? { release_policy: releasePolicy } : {}),
  };
}

/** What a list shows: the current version under an id without version, or one of all versions under its own. */
export function item(home: Home, key: Key, shown: KeyVersion, own?: KeyVersion): object {
  return { kid: keyId(home, key, own), ...properties(home, key, shown) };
}

export function policyDocument({ uri }: Home, { name, rotationPolicy }: Key): object {
  const { expiryTime, actions }: RotationRules = rotationPolicy ?? noRules;
  return {
    id: `${uri}/keys/${name}/rotationpolicy`,
    lifetimeActions: actions.map(({ type, ...trigger }) => ({ trigger, action: { type } })),
    attributes: { expiryTime, ...times(rotationPolicy) },
  };
}

function times(policy: RotationPolicy | undefined): object {
  return { created: toSeconds(policy?.createdOn), updated: toSeconds(policy?.updatedOn) };
}

function keyId({ uri }: Home, { name }: Key, version?: KeyVersion): string {
  return [uri, 'keys', name, version?.version].filter((part) => part !== undefined).join('/');
}

function properties(home: Home, { managed }: Key, version: KeyVersion): object {
  const { exportable, tags } = version;
  return { attributes: { ...attributes(home, version), exportable }, tags, ...(managed ? { managed } : {}) };
}
