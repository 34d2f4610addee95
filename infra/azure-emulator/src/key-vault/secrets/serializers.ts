import { z } from 'zod';
import { attributes, detailsSchema, readBody, toDetails } from '../serializers.ts';
import type { VaultDocument } from '../serializers.ts';
import type { Secret, SecretDetails, SecretVersion } from './state.ts';

const valueBytes = 25_600;
const contentTypeLength = 255;

const secretDetails = detailsSchema.extend({ contentType: z.string().max(contentTypeLength).nullish() });
const withValue = secretDetails.extend({
  value: z.string().refine((value) => Buffer.byteLength(value) <= valueBytes, 'The value is too long.'),
});

export async function readSetSecret(request: Request): Promise<{ value: string; details: SecretDetails }> {
  const body = await readBody(withValue, request);
  return { value: body.value, details: toSecretDetails(body) };
}

export async function readUpdateSecret(request: Request): Promise<SecretDetails> {
  return toSecretDetails(await readBody(secretDetails, request));
}

function toSecretDetails(body: z.infer<typeof secretDetails>): SecretDetails {
  return { ...toDetails(body), contentType: body.contentType ?? undefined };
}

/** A version with its full id; only an answer to get and set carries the value. */
export function bundle(home: VaultDocument, secret: Secret, version: SecretVersion): object {
  const id = `${home.uri}/secrets/${secret.name}/${version.version}`;
  return { id, ...properties(home, secret, version), kid: version.kid };
}

/** What a list shows of a secret: the current version under an id without version. */
export function item(home: VaultDocument, secret: Secret, version: SecretVersion): object {
  return { id: `${home.uri}/secrets/${secret.name}`, ...properties(home, secret, version) };
}

function properties(home: VaultDocument, { managed }: Secret, version: SecretVersion): object {
  const { contentType, tags } = version;
  return { contentType, attributes: attributes(home, version), tags, ...(managed ? { managed } : {}) };
}
