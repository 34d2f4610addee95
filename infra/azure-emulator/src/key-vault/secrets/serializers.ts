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

/** Returns a version with its full id. Only the answers to get and set add the value. */
export function bundle(vault: VaultDocument, secret: Secret, version: SecretVersion): object {
  const id = `${vault.uri}/secrets/${secret.name}/${version.version}`;
  return { id, ...properties(vault, secret, version), kid: version.kid };
}

/** Returns an item of a list: the current version under an id without version. */
export function item(vault: VaultDocument, secret: Secret, version: SecretVersion): object {
  return { id: `${vault.uri}/secrets/${secret.name}`, ...properties(vault, secret, version) };
}

function properties(vault: VaultDocument, { managed }: Secret, version: SecretVersion): object {
  const { contentType, tags } = version;
  return { contentType, attributes: attributes(vault, version), tags, ...(managed ? { managed } : {}) };
}
