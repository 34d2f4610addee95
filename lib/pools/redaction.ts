import { publisher } from './keyVaultExtension.ts';
import { below, type Change } from './difference.ts';
import type { Members } from './schemas.ts';

/** Replaces a text that held a secret. */
const placeholder = '<fill in>';

/** Members that the service takes and never shows (x-ms-secret in its OpenAPI document). */
const secretMembers: ReadonlySet<string> = new Set([
  'password',
  'accountKey',
  'sasKey',
  'sshPrivateKey',
  'protectedSettings',
]);

/** Secret members that a pool cannot be made without, by the place of their object. */
const needed: readonly [place: RegExp, member: string][] = [
  [/\/userAccounts\/\d+$/, 'password'],
  [/\/(containerRegistries\/\d+|registry)$/, 'password'],
  [/\/cifsMountConfiguration$/, 'password'],
  [/\/azureFileShareConfiguration$/, 'accountKey'],
  [/\/azureBlobFileSystemConfiguration$/, 'accountKey'],
  [/\/extensions\/\d+$/, 'protectedSettings'],
];

/** A shared access signature, a connection string's key, a JSON web token, a key in base64. */
const secretText = /(sig|key|password|pwd|secret|token)=[^&;\s]{8,}|\beyJ[\w-]{16,}\.|[A-Za-z0-9+/]{42,}=/i;

/** Returns a pool without any secret, because people read definitions and keep them in files. */
export function withoutSecrets(pool: Members): { readonly shown: Members; readonly toFillIn: readonly Change[] } {
  const toFillIn: Change[] = [];
  return { shown: objectOf(pool, ''), toFillIn };

  function shownOf(value: unknown, pointer: string): unknown {
    if (Array.isArray(value)) return value.map((each: unknown, index) => shownOf(each, below(pointer, index)));
    if (typeof value === 'object' && value !== null) return objectOf({ ...value }, pointer);
    if (typeof value !== 'string' || !secretText.test(value)) return value;
    toFillIn.push({ pointer, to: placeholder, why: 'It held what looks like a secret: fill it in.' });
    return placeholder;
  }

  function objectOf(object: Members, pointer: string): Members {
    const member = needed.find(([place]) => place.test(pointer))?.[1];
    if (member && !needsNoSecret(object)) {
      const why = 'The service never shows it: fill it in, if the pool has one.';
      toFillIn.push({ pointer: below(pointer, member), why });
    }
    const open = Object.entries(object).filter(([name]) => !secretMembers.has(name));
    return Object.fromEntries(open.map(([name, value]) => [name, shownOf(value, below(pointer, name))]));
  }
}

/** An identity stands in for a password, and the Key Vault extension has nothing to protect. */
function needsNoSecret(object: Members): boolean {
  return object['identityReference'] !== undefined || object['publisher'] === publisher;
}
