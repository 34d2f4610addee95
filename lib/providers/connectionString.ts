import { valid, type Check } from '../model/check.ts';
import { Sealed } from '../model/sealed.ts';

/**
 * A connection string has parts `Name=value;` with names in any case. A text without an AccessKey part is a bare key.
 */
const accessKey = /(^|;)(\s*AccessKey\s*=)([^;]*)/i;

export function keyIn(value: Sealed): Sealed {
  const found = accessKey.exec(value.open())?.[3];
  return found === undefined ? value : new Sealed(found.trim());
}

/** Returns the text with another key. Every other part stays as it is, letter by letter. */
export function withKey(key: Sealed, currentText: Sealed): Sealed {
  const text = currentText.open();
  if (!accessKey.test(text)) return key;
  return new Sealed(text.replace(accessKey, (_all, before: string, name: string) => `${before}${name}${key.open()}`));
}

/** Checks that the string needs a key, and that it names the host that Resource Manager names. */
export function checkConnectionString(value: Sealed, host: string | undefined): Check {
  const parts = partsOf(value.open());
  if (parts.has('authtype')) return { is: 'invalid', reason: 'entra-connection-string' };
  const endpoint = parts.get('endpoint');
  if (endpoint === undefined || host === undefined) return valid;
  const isOfResource = URL.canParse(endpoint) && new URL(endpoint).host === host.toLowerCase();
  return isOfResource ? valid : { is: 'invalid', reason: 'endpoint-not-of-resource' };
}

function partsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(';').map((part) => /^\s*([A-Za-z]+)\s*=(.*)$/.exec(part));
  return new Map(parts.flatMap((part) => (part ? [[(part[1] ?? '').toLowerCase(), (part[2] ?? '').trim()]] : [])));
}
