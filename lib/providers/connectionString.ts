import { valid, type Check } from '../model/check.ts';
import { Sealed } from '../model/sealed.ts';
import { trimmed } from './accessKeys.ts';

/**
 * A connection string has parts `Name=value;` with names in any case. A text without an AccessKey part is a bare key.
 */
const accessKey = /(^|;)(\s*AccessKey\s*=)([^;]*)/i;

export function keyIn(value: Sealed): Sealed {
  const found = accessKey.exec(value.open())?.[3];
  return found === undefined ? trimmed(value) : new Sealed(found.trim());
}

/** Returns the text with another key. Every other part stays as it is, letter by letter. */
export function withKey(key: Sealed, currentText: Sealed): Sealed {
  const text = currentText.open();
  if (!accessKey.test(text)) return key;
  return new Sealed(text.replace(accessKey, (_all, before: string, name: string) => `${before}${name}${key.open()}`));
}

/** Hosts that Azure gives to SignalR services, in every cloud. */
const ofAzure = /\.signalr\.(net|azure\.(cn|us))$/;

/**
 * Checks that the string contradicts nothing. A value is judged by the key in it, so a host of the owner's own is kept: a
 * custom domain, or a gateway. The host of another service is a contradiction, and so is a string whose clients sign in
 * without the key (R40, spelled as the service).
 */
export function checkConnectionString(value: Sealed, host: string | undefined): Check {
  const parts = partsOf(value.open());
  const signIn = parts.get('authtype')?.toLowerCase() ?? 'accesskey';
  if (signIn !== 'accesskey') return { is: 'invalid', reason: 'entra-connection-string' };
  const endpoint = parts.get('endpoint');
  if (endpoint === undefined || host === undefined) return valid;
  if (!URL.canParse(endpoint)) return { is: 'invalid', reason: 'endpoint-not-of-resource' };
  const { host: named, hostname } = new URL(endpoint);
  if (named === host.toLowerCase()) return valid;
  if (ofAzure.test(hostname)) return { is: 'invalid', reason: 'endpoint-not-of-resource' };
  return { is: 'valid', evidence: { reason: 'endpoint-custom' } };
}

function partsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(';').map((part) => /^\s*([A-Za-z]+)\s*=(.*)$/.exec(part));
  return new Map(parts.flatMap((part) => (part ? [[(part[1] ?? '').toLowerCase(), (part[2] ?? '').trim()]] : [])));
}
