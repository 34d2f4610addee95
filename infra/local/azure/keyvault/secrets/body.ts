import { z } from 'zod';
import { badParameter } from '../refusal.ts';
import type { SecretDetails } from './store.ts';

/** The strictest of the documented tag limits; elsewhere 512 characters are named. */
const tagLength = 256;
const tagCount = 15;
const valueBytes = 25_600;
const contentTypeLength = 255;

const seconds = z.int().nullish();
const details = z.object({
  contentType: z.string().max(contentTypeLength).nullish(),
  attributes: z
    .object({ enabled: z.boolean().nullish(), nbf: seconds, exp: seconds })
    .refine(({ nbf, exp }) => !nbf || !exp || exp > nbf, 'exp must be later than nbf')
    .nullish(),
  tags: z
    .record(z.string().min(1).max(tagLength), z.string().max(tagLength))
    .refine((tags) => Object.keys(tags).length <= tagCount, `A secret has at most ${tagCount} tags.`)
    .nullish(),
});
const withValue = details.extend({
  value: z.string().refine((value) => Buffer.byteLength(value) <= valueBytes, 'The value is too long.'),
});

export async function readSetSecret(request: Request): Promise<{ value: string; details: SecretDetails }> {
  const body = await parse(withValue, request);
  return { value: body.value, details: toDetails(body) };
}

export async function readUpdateSecret(request: Request): Promise<SecretDetails> {
  return toDetails(await parse(details, request));
}

export function checkName(name: string): void {
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) throw badParameter(`The request URI contains an invalid name: ${name}`);
}

async function parse<T>(schema: z.ZodType<T>, request: Request): Promise<T> {
  const body: unknown = await request.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badParameter(z.prettifyError(parsed.error));
  return parsed.data;
}

function toDetails({ contentType, attributes, tags }: z.infer<typeof details>): SecretDetails {
  return {
    contentType: contentType ?? undefined,
    tags: tags ?? undefined,
    enabled: attributes?.enabled ?? undefined,
    notBefore: toDate(attributes?.nbf),
    expiresOn: toDate(attributes?.exp),
  };
}

function toDate(unixSeconds: number | null | undefined): Date | undefined {
  return unixSeconds ? new Date(unixSeconds * 1000) : undefined;
}
