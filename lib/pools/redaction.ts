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

/** A shared access signature, a connection string's key, a JSON web token, a key in base64 or hex, a token of GitHub. */
const secretText =
  /(sig|key|password|pwd|secret|token)=[^&;\s]{8,}|\beyJ[\w-]{16,}\.|[A-Za-z0-9+/]{42,}=|\b[0-9a-f]{40,}\b|\b(gh[pousr]|github_pat)_\w{16,}|:\/\/[^/\s@]+@|\?\S*=/i;

/** Values that programs get: anything may be in them, so none is shown. */
const hidden = /\/(environmentSettings|metadata)\/\d+\/value$/;
/** Texts with options and arguments of programs. */
const commands = /\/(commandLine|containerRunOptions|mountOptions|blobfuseOptions)$|\/extensions\/\d+\/settings\//;

/** Words that stand beside secrets, in the names of options and variables. */
const secretWord =
  /pass|pwd|secret|token|\bsas\b|\bsig\b|cred|auth|bearer|login|api[-_]?key|account[-_]?key|access[-_]?key|private|connection[-_]?string|(^|\s)-p\b/i;
/** A long word with letters and digits, as generated secrets are. Paths, versions and variables have other signs. */
const generated = /(^|[\s"'=:,;@])(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])[\w+/=-]{16,}($|[\s"',;@])/i;

function mayHoldSecret(command: string): boolean {
  return secretText.test(command) || secretWord.test(command) || generated.test(command);
}

/**
 * Returns a pool without any secret, because people read definitions and keep them in files. What may hold one is left
 * out as well: a person can look it up in the old pool, and a secret that was shown cannot be taken back.
 */
export function withoutSecrets(pool: Members): { readonly shown: Members; readonly toFillIn: readonly Change[] } {
  const toFillIn: Change[] = [];
  const ofKeyVault: string[] = []; // extensions whose settings are ids and URLs
  return { shown: objectOf(pool, ''), toFillIn };

  function shownOf(value: unknown, pointer: string): unknown {
    if (Array.isArray(value)) return value.map((each: unknown, index) => shownOf(each, below(pointer, index)));
    if (typeof value === 'object' && value !== null) return objectOf({ ...value }, pointer);
    if (typeof value !== 'string') return value;
    const isOpen = ofKeyVault.some((each) => pointer.startsWith(`${each}/`));
    const why = whyHidden(value, pointer, isOpen);
    if (!why) return value;
    toFillIn.push({ pointer, to: placeholder, why });
    return placeholder;
  }

  function objectOf(object: Members, pointer: string): Members {
    if (object['publisher'] === publisher) ofKeyVault.push(pointer);
    const member = needed.find(([place]) => place.test(pointer))?.[1];
    if (member && !needsNoSecret(object)) {
      const why = 'The service never shows it: fill it in, if the pool has one.';
      toFillIn.push({ pointer: below(pointer, member), why });
    }
    const open = Object.entries(object).filter(([name]) => !secretMembers.has(name));
    return Object.fromEntries(open.map(([name, value]) => [name, shownOf(value, below(pointer, name))]));
  }
}

function whyHidden(text: string, pointer: string, isOpen: boolean): string | undefined {
  if (hidden.test(pointer)) return 'Values that programs get are never shown: fill it in as the old pool has it.';
  if (!isOpen && commands.test(pointer) && mayHoldSecret(text))
    return 'It may hold a secret: fill it in as the old pool has it.';
  return secretText.test(text) ? 'It held what looks like a secret: fill it in.' : undefined;
}

/** An identity stands in for a password, and the Key Vault extension has nothing to protect. */
function needsNoSecret(object: Members): boolean {
  return object['identityReference'] !== undefined || object['publisher'] === publisher;
}
