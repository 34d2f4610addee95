import { z } from 'zod';
import { attributes, detailsSchema, parseBody, readBody, toDetails, toSeconds } from '../serializers.ts';
import type { VaultDocument } from '../serializers.ts';
import { policySchema } from './policy.ts';
import type { CertificatePolicy, PolicyDocument } from './policy.ts';
import type { Certificate, CertificateVersion, Changes, Pending } from './state.ts';

/** Checked against the policy's own schema later: what is null there counts as absent. */
const anyPolicy = z.record(z.string(), z.unknown());
const created = detailsSchema.extend({ policy: anyPolicy });
const updated = detailsSchema.extend({ policy: z.null().optional() });
const merged = detailsSchema.extend({ x5c: z.array(z.base64()).min(1) });
const operation = z.object({ cancellation_requested: z.boolean() });

export async function readCreate(request: Request): Promise<{ policy: PolicyDocument; changes: Changes }> {
  const body = await readBody(created, request);
  return { policy: parseBody(policySchema, withoutNulls(body.policy)), changes: toChanges(body) };
}

export async function readUpdate(request: Request): Promise<Changes> {
  return toChanges(await readBody(updated, request));
}

/** What a PATCH names takes the place of what there was, member by member of each part. */
export async function readPolicyChange(request: Request, before: CertificatePolicy): Promise<CertificatePolicy> {
  const change = withoutNulls(await readBody(anyPolicy, request));
  const parts = Object.entries(change).map(([name, part]) => {
    const old: unknown = Object.entries(before).find(([each]) => each === name)?.[1];
    return [name, isPlain(part) && isPlain(old) ? { ...old, ...part } : part] as const;
  });
  return parseBody(policySchema, { ...before, ...Object.fromEntries(parts) });
}

/** The first of the chain is the certificate itself. */
export async function readMerge(request: Request): Promise<{ leaf: Buffer; changes: Changes }> {
  const body = await readBody(merged, request);
  return { leaf: Buffer.from(body.x5c[0] ?? '', 'base64'), changes: toChanges(body) };
}

export async function readCancellation(request: Request): Promise<boolean> {
  return (await readBody(operation, request)).cancellation_requested;
}

function toChanges(body: z.infer<typeof detailsSchema>): Changes {
  const { tags, enabled } = toDetails(body);
  return { tags, enabled };
}

function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return Object.fromEntries(kept.map(([name, each]) => [name, isPlain(each) ? withoutNulls(each) : each]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function bundle(home: VaultDocument, certificate: Certificate, version: CertificateVersion): object {
  const { name } = certificate;
  const place = `${name}/${version.version}`;
  return {
    id: `${home.uri}/certificates/${place}`,
    kid: `${home.uri}/keys/${place}`,
    sid: `${home.uri}/secrets/${place}`,
    ...properties(home, version),
    cer: version.cer.toString('base64'),
    policy: policyDocument(home, certificate),
  };
}

/** What there is to see of a certificate whose first version is still to come. */
export function pendingBundle(home: VaultDocument, certificate: Certificate, { version, startedOn }: Pending): object {
  const dates = { createdOn: startedOn, updatedOn: startedOn };
  return {
    id: `${home.uri}/certificates/${certificate.name}/${version}`,
    attributes: attributes(home, { version, enabled: false, ...dates }),
    policy: policyDocument(home, certificate),
  };
}

/** What a list shows: the current version under an id without version, or one of all versions under its own. */
export function item(
  home: VaultDocument,
  { name }: Certificate,
  shown: CertificateVersion,
  own?: CertificateVersion,
): object {
  const path = own ? `${name}/${own.version}` : name;
  return { id: `${home.uri}/certificates/${path}`, ...properties(home, shown) };
}

export function policyDocument({ uri }: VaultDocument, certificate: Certificate): object {
  const { name, policy, policyCreatedOn, policyUpdatedOn } = certificate;
  const { kty, key_size: size, crv, ...keyProps } = policy.key_props;
  const times = { created: toSeconds(policyCreatedOn), updated: toSeconds(policyUpdatedOn) };
  return {
    id: `${uri}/certificates/${name}/policy`,
    ...policy,
    key_props: { ...keyProps, kty, ...(kty === 'RSA' ? { key_size: size } : { crv }) },
    attributes: { ...policy.attributes, ...times },
  };
}

export function operationDocument({ uri }: VaultDocument, { name, policy }: Certificate, pending: Pending): object {
  const { status, error } = pending;
  return {
    id: `${uri}/certificates/${name}/pending`,
    issuer: policy.issuer,
    csr: pending.csr.toString('base64'),
    cancellation_requested: pending.cancellationRequested,
    status,
    status_details: status === 'inProgress' ? statusDetails(policy.issuer.name) : undefined,
    error,
    target: status === 'completed' ? `${uri}/certificates/${name}` : undefined,
    request_id: pending.requestId,
  };
}

function statusDetails(issuer: string): string {
  return issuer === 'Unknown' ? 'The request waits for a merge.' : 'The request is with its issuer.';
}

function properties(home: VaultDocument, version: CertificateVersion): object {
  return { x5t: version.x5t, attributes: attributes(home, version), tags: version.tags };
}
