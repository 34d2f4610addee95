import type { Clock } from '../../clock.ts';
import type { Vault } from '../vault.ts';
import type { KeyVersion } from './store.ts';

/** What another service needs of a key that is to encrypt for it. */
export type Grant = 'get' | 'wrapKey' | 'unwrapKey';

/** `yes`, or what Key Vault would have against it. */
export type WrapAnswer =
  | 'yes'
  | 'VaultNotFound'
  | 'ForbiddenByFirewall'
  | 'Forbidden'
  | 'KeyNotFound'
  | 'KeyDisabled'
  | 'KeyNotYetValid'
  | 'KeyExpired'
  | 'OperationNotPermitted';

const needed: readonly Grant[] = ['get', 'wrapKey', 'unwrapKey'];

/** Whether the holder of this identity can use a key (the current version where the identifier has none). */
export function canWrap(
  { now }: Clock,
  vaults: ReadonlyMap<string, Vault>,
  keyIdentifier: string,
  principalId: string,
): WrapAnswer {
  const { host = '', pathname = '' } = URL.parse(keyIdentifier) ?? {};
  const vault = vaults.get(host);
  if (!vault) return 'VaultNotFound';
  if (vault.rules.firewall) return 'ForbiddenByFirewall';
  const granted = vault.grants.get(principalId) ?? new Set();
  if (!needed.every((each) => granted.has(each))) return 'Forbidden';
  const version = versionAt(vault, pathname);
  return version ? useOf(version, now()) : 'KeyNotFound';
}

function versionAt({ keys }: Vault, path: string): KeyVersion | undefined {
  const [, collection, name = '', wanted = ''] = path.split('/');
  if (collection !== 'keys') return undefined;
  return wanted === '' ? keys.current(name) : keys.versions(name).find(({ version }) => version === wanted);
}

/** Outside its dates a key unwraps but does not wrap (key-vault/keys/about-keys-details.md). */
function useOf({ enabled, notBefore, expiresOn, operations }: KeyVersion, now: Date): WrapAnswer {
  if (!enabled) return 'KeyDisabled';
  if (notBefore && notBefore > now) return 'KeyNotYetValid';
  if (expiresOn && expiresOn <= now) return 'KeyExpired';
  return operations.includes('wrapKey') && operations.includes('unwrapKey') ? 'yes' : 'OperationNotPermitted';
}
