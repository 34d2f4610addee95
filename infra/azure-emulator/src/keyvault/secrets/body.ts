import { z } from 'zod';
import { details, read, toDetails } from '../body.ts';
import type { SecretDetails } from './store.ts';

const valueBytes = 25_600;
const contentTypeLength = 255;

const secretDetails = details.extend({ contentType: z.string().max(contentTypeLength).nullish() });
const withValue = secretDetails.extend({
  value: z.string().refine((value) => Buffer.byteLength(value) <= valueBytes, 'The value is too long.'),
});

export async function readSetSecret(request: Request): Promise<{ value: string; details: SecretDetails }> {
  const body = await read(withValue, request);
  return { value: body.value, details: toSecretDetails(body) };
}

export async function readUpdateSecret(request: Request): Promise<SecretDetails> {
  return toSecretDetails(await read(secretDetails, request));
}

function toSecretDetails(body: z.infer<typeof secretDetails>): SecretDetails {
  return { ...toDetails(body), contentType: body.contentType ?? undefined };
}
