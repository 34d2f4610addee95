import { z } from 'zod';
import { isArmId } from '../../model/armId.ts';
import { parseJson } from '../../model/json.ts';
import { modes, type Mode } from '../../model/state.ts';
import { fingerprintOf, type Fingerprint } from '../../model/sealed.ts';
import type { SecretName } from '../../model/target.ts';
import { parseRotationId, type RotationId } from './rotationId.ts';
import { errorsOf, type Problem } from '../../model/problem.ts';

/** What a caller wants rotated at once. */
export interface RotationRequest {
  readonly target: { readonly secret: SecretName } | { readonly resource: string; readonly kind?: string };
  readonly mode: Mode;
  /** Credential ids as the caller wrote them: the provider reads its own words. */
  readonly compromised?: readonly string[];
  readonly reason: string;
  readonly request?: Fingerprint;
  /** Id of the last emergency. */
  readonly after?: RotationId;
}

const rotationId = z.string().transform((text, context): RotationId => {
  const id = parseRotationId(text);
  if (id) return id;
  context.addIssue({ code: 'custom', message: 'should be the id of a rotation, from the Location of an answer' });
  return z.NEVER;
});
const common = {
  mode: z.enum(modes, { error: `should be one of ${modes.join(', ')}` }),
  compromised: z.array(z.string().min(1).max(64)).min(1).max(3).optional(),
  reason: z.string().trim().min(1, 'should say why').max(256),
  after: rotationId.optional(),
};
const bySecret = z.strictObject({
  ...common,
  vault: z.url({ protocol: /^https$/, error: 'should be the URL of a vault' }),
  secret: z.string().regex(/^[0-9A-Za-z-]{1,127}$/, 'should be the name of a secret'),
});
const byResource = z.strictObject({
  ...common,
  resource: z.string().refine(isArmId, 'should be the ARM id of a resource'),
  kind: z.string().min(1).max(64).optional(),
});

/** Reads the body of `POST /api/rotations`. */
export function parseRotationRequest(text: string, idempotencyKey: string | null): RotationRequest | Problem {
  const body = bodyFrom(text);
  if ('status' in body) return body;
  if (idempotencyKey !== null && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    const detail = 'Idempotency-Key should be 1 to 255 visible ASCII characters.';
    return { status: 400, title: 'Idempotency-Key not readable', detail };
  }
  const read = 'resource' in body ? byResource.safeParse(body) : bySecret.safeParse(body);
  return read.success ? rotationRequest(read.data, idempotencyKey) : invalid(read.error.issues);
}

function rotationRequest(
  data: z.output<typeof byResource> | z.output<typeof bySecret>,
  idempotencyKey: string | null,
): RotationRequest {
  const { mode, compromised, reason, after, ...named } = data;
  const target =
    'secret' in named ? { secret: { vaultUrl: new URL(named.vault).origin, name: named.secret } } : resourceOf(named);
  // Another mode or credential is another request.
  const equal = [idempotencyKey, mode, ...(compromised ?? [])].join('\n');
  const request = idempotencyKey ? fingerprintOf(equal) : undefined;
  return {
    target,
    mode,
    reason,
    ...(compromised && { compromised }),
    ...(request && { request }),
    ...(after && { after }),
  };
}

function resourceOf({ resource, kind }: { resource: string; kind?: string | undefined }): RotationRequest['target'] {
  return { resource, ...(kind && { kind }) };
}

function bodyFrom(text: string): object | Problem {
  const body = parseJson(text);
  if (typeof body === 'object' && body !== null && !('status' in body)) return body;
  return { status: 400, title: 'Body not understood', detail: 'Send a JSON object; see docs/http.md for its members.' };
}

function invalid(issues: readonly z.core.$ZodIssue[]): Problem {
  const detail = 'Name the target by vault and secret, or by resource; mode and reason are required.';
  return { status: 400, title: 'Request not understood', detail, errors: errorsOf(issues) };
}
