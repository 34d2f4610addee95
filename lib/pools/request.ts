import { z } from 'zod';
import { errorsOf, type Problem } from '../model/problem.ts';
import { certificateUrl } from './certificateUrl.ts';
import type { NewPool, PoolOptions } from './definition.ts';
import { parseJson } from '../model/json.ts';

/** A request for the definition of a pool: from a pool that exists, or of a new one. */
export type PoolRequest = OldPoolRequest | NewPoolRequest;

export interface OldPoolRequest extends PoolOptions {
  /** The ARM id of the pool. */
  readonly pool: string;
  /** The name of the new pool. */
  readonly name?: string | undefined;
  /** The api-version that made the pool. Its GET does not show it. */
  readonly apiVersion?: string | undefined;
}

export interface NewPoolRequest extends NewPool {
  /** The ARM id of the Batch account. */
  readonly account: string;
  readonly name: string;
}

const group = String.raw`/subscriptions/[0-9a-f-]{36}/resourceGroups/[\w.()-]{0,89}[\w()-]`;
const account = `${group}/providers/Microsoft\\.Batch/batchAccounts/[a-z0-9]{3,24}`;
const pool = `${account}/pools/[\\w-]{1,64}`;
const identityId = `${group}/providers/Microsoft\\.ManagedIdentity/userAssignedIdentities/[\\w-]{3,128}`;

const armId = (pattern: string, of: string) =>
  z.string().regex(new RegExp(`^${pattern}$`, 'i'), `should be the ARM id of ${of}`);
const name = z.string().regex(/^[\w-]{1,64}$/, 'should be the name of a pool');
const certificates = z
  .array(z.string().max(512).refine(isCertificate, 'should be as https://name.vault.azure.net/secrets/certificate'))
  .min(1, 'should name a certificate')
  .max(100);
const apiVersion = z.string().regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, 'should be an api-version such as 2021-01-01');
const identity = z.strictObject({
  resourceId: armId(identityId, 'a user-assigned identity'),
  clientId: z.guid('should be the client id of the identity'),
});

const ofPool = z.strictObject({
  pool: armId(pool, 'a pool'),
  name: name.optional(),
  certificates: certificates.default([]),
  identity: identity.optional(),
  apiVersion: apiVersion.optional(),
});
const ofNew = z.strictObject({
  account: armId(account, 'a Batch account'),
  name,
  vmSize: z.string().regex(/^\w{3,64}$/, 'should be a VM size such as Standard_D2s_v5'),
  os: z.enum(['linux', 'windows'], { error: 'should be linux or windows' }),
  nodes: z.int('should be a number of nodes').min(0).max(100_000),
  certificates,
  identity,
});

/** Reads the body of `POST /api/pools/definition`. */
export function poolRequestFrom(text: string): PoolRequest | Problem {
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null) {
    return {
      status: 400,
      title: 'Body not understood',
      detail: 'Send a JSON object; see docs/http.md for its members.',
    };
  }
  const read = 'pool' in body ? ofPool.safeParse(body) : ofNew.safeParse(body);
  return read.success ? read.data : invalid(read.error.issues);
}

function isCertificate(text: string): boolean {
  return certificateUrl(text) !== undefined;
}

function invalid(issues: readonly z.core.$ZodIssue[]): Problem {
  const detail = 'Name a pool, or account, name, vmSize, os, nodes, certificates and identity of a new one.';
  return { status: 400, title: 'Request not understood', detail, errors: errorsOf(issues) };
}
