import { z } from 'zod';
import { details, parse, read, toDetails } from '../body.ts';
import { policySchema } from './policy.ts';
import type { CertificatePolicy, PolicyDocument } from './policy.ts';
import type { Changes } from './requests.ts';

/** Checked against the policy's own schema later: what is null there counts as absent. */
const anyPolicy = z.record(z.string(), z.unknown());
const created = details.extend({ policy: anyPolicy });
const updated = details.extend({ policy: z.null().optional() });
const merged = details.extend({ x5c: z.array(z.base64()).min(1) });
const operation = z.object({ cancellation_requested: z.boolean() });

export async function readCreate(request: Request): Promise<{ policy: PolicyDocument; changes: Changes }> {
  const body = await read(created, request);
  return { policy: parse(policySchema, withoutNulls(body.policy)), changes: toChanges(body) };
}

export async function readUpdate(request: Request): Promise<Changes> {
  return toChanges(await read(updated, request));
}

/** What a PATCH names takes the place of what there was, member by member of each part. */
export async function readPolicyChange(request: Request, before: CertificatePolicy): Promise<CertificatePolicy> {
  const change = withoutNulls(await read(anyPolicy, request));
  const parts = Object.entries(change).map(([name, part]) => {
    const old: unknown = Object.entries(before).find(([each]) => each === name)?.[1];
    return [name, isPlain(part) && isPlain(old) ? { ...old, ...part } : part] as const;
  });
  return parse(policySchema, { ...before, ...Object.fromEntries(parts) });
}

/** The first of the chain is the certificate itself. */
export async function readMerge(request: Request): Promise<{ leaf: Buffer; changes: Changes }> {
  const body = await read(merged, request);
  return { leaf: Buffer.from(body.x5c[0] ?? '', 'base64'), changes: toChanges(body) };
}

export async function readCancellation(request: Request): Promise<boolean> {
  return (await read(operation, request)).cancellation_requested;
}

function toChanges(body: z.infer<typeof details>): Changes {
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
