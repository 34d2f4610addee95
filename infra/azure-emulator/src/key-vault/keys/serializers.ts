import { z } from 'zod';
import { attributes, detailsSchema, readBody, toDetails, toSeconds } from '../serializers.ts';
import type { VaultDocument } from '../serializers.ts';
import { defaultRotationRules } from './rotationPolicy.ts';
import type { RotationPolicy, RotationRules } from './rotationPolicy.ts';
import { rsaSizes } from './state.ts';
import type { Key, KeyDetails, KeyVersion, NewKey } from './state.ts';

const operation = z.enum(['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey', 'import', 'export']);
const keyDetails = detailsSchema.extend({
  key_ops: z.array(operation).nullish(),
  release_policy: z
    .object({ contentType: z.string().optional(), data: z.string().optional(), immutable: z.boolean().optional() })
    .nullish(),
});

/** `oct-HSM` is a Managed HSM's; a vault refuses it. */
const created = keyDetails.extend({
  kty: z.enum(['RSA', 'RSA-HSM', 'EC', 'EC-HSM']),
  key_size: z.literal([...rsaSizes]).nullish(),
  crv: z.enum(['P-256', 'P-256K', 'P-384', 'P-521']).nullish(),
});

const duration = z.string().nullish();
/** Names of types are compared without case, as the reference says. */
const actionType = z
  .string()
  .transform((name) => name.toLowerCase())
  .pipe(z.enum(['rotate', 'notify']))
  .transform((name) => (name === 'rotate' ? ('Rotate' as const) : ('Notify' as const)));
const policy = z.object({
  lifetimeActions: z
    .array(
      z.object({
        trigger: z.object({ timeAfterCreate: duration, timeBeforeExpiry: duration }),
        action: z.object({ type: actionType }),
      }),
    )
    .nullish(),
  attributes: z.object({ expiryTime: duration }).nullish(),
});

export async function readCreateKey(request: Request): Promise<NewKey> {
  const body = await readBody(created, request);
  return {
    ...toKeyDetails(body),
    kty: body.kty,
    ...(body.key_size ? { size: body.key_size } : {}),
    ...(body.crv ? { curve: body.crv } : {}),
  };
}

export async function readUpdateKey(request: Request): Promise<KeyDetails> {
  return toKeyDetails(await readBody(keyDetails, request));
}

export async function readRotationPolicy(request: Request): Promise<RotationRules> {
  const { attributes, lifetimeActions } = await readBody(policy, request);
  const actions = (lifetimeActions ?? []).map(({ action, trigger }) => ({
    type: action.type,
    timeAfterCreate: trigger.timeAfterCreate ?? undefined,
    timeBeforeExpiry: trigger.timeBeforeExpiry ?? undefined,
  }));
  return { expiryTime: attributes?.expiryTime ?? undefined, actions };
}

function toKeyDetails(body: z.infer<typeof keyDetails>): KeyDetails {
  return {
    ...toDetails(body),
    operations: body.key_ops ?? undefined,
    releasePolicy: body.release_policy ?? undefined,
  };
}

export function bundle(home: VaultDocument, key: Key, version: KeyVersion): object {
  const { publicKey, operations, releasePolicy } = version;
  return {
    key: { kid: keyId(home, key, version), key_ops: operations, ...publicKey },
    ...properties(home, key, version),
    ...(releasePolicy ? { release_policy: releasePolicy } : {}),
  };
}

/** What a list shows: the current version under an id without version, or one of all versions under its own. */
export function item(home: VaultDocument, key: Key, shown: KeyVersion, own?: KeyVersion): object {
  return { kid: keyId(home, key, own), ...properties(home, key, shown) };
}

export function policyDocument({ uri }: VaultDocument, { name, rotationPolicy }: Key): object {
  const { expiryTime, actions }: RotationRules = rotationPolicy ?? defaultRotationRules;
  return {
    id: `${uri}/keys/${name}/rotationpolicy`,
    lifetimeActions: actions.map(({ type, ...trigger }) => ({ trigger, action: { type } })),
    attributes: { expiryTime, ...times(rotationPolicy) },
  };
}

function times(policy: RotationPolicy | undefined): object {
  return { created: toSeconds(policy?.createdOn), updated: toSeconds(policy?.updatedOn) };
}

function keyId({ uri }: VaultDocument, { name }: Key, version?: KeyVersion): string {
  return [uri, 'keys', name, version?.version].filter((part) => part !== undefined).join('/');
}

function properties(home: VaultDocument, { managed }: Key, version: KeyVersion): object {
  const { exportable, tags } = version;
  return { attributes: { ...attributes(home, version), exportable }, tags, ...(managed ? { managed } : {}) };
}
