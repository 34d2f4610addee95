import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Clock } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { adviceFor, hasClass } from '../../model/reason.ts';
import { auditPool } from '../../pools/audit.ts';
import { apiVersion, definitionFrom, definitionOf, type Definition, type Unmade } from '../../pools/definition.ts';
import type { Finding } from '../../pools/finding.ts';
import { poolView, type PoolBody } from '../../pools/poolView.ts';
import { poolRequestFrom, type NewPoolRequest, type OldPoolRequest } from '../../pools/request.ts';
import { members } from '../../pools/schemas.ts';
import { poolIdentities } from '../../providers/certificates/poolIdentities.ts';
import type { Services } from '../../reconcile/services.ts';
import { readBody } from './body.ts';
import { json, problem } from './problem.ts';
import type { Problem } from '../../model/problem.ts';

const longestBytes = 64 * 1024;

type Readers = Pick<Services, 'arm' | 'graph'> & { readonly clock: Pick<Clock, 'after'> };

/**
 * `POST /api/pools/definition`. Answers a pool definition that pulls certificates correctly, made from any pool that
 * this app's identity can read. The pool is read without the SDK, which drops members that it does not know. Creating
 * the new pool stays with the operator.
 */
export async function definePool(readers: Readers, request: HttpRequest): Promise<HttpResponseInit> {
  const text = await readBody(readers, request, longestBytes);
  if (typeof text !== 'string') return problem(text);
  const wanted = poolRequestFrom(text);
  if ('status' in wanted) return problem(wanted);
  if (!('pool' in wanted)) return answer(newId(wanted), definitionOf(wanted), []);
  try {
    const pool = await read(readers, wanted.pool);
    return answer(besideId(wanted), definitionFrom(pool, wanted), await findingsOf(readers, pool, wanted));
  } catch (error) {
    if (error instanceof OperationError) return unread(error);
    throw error;
  }
}

async function read({ arm }: Readers, id: string): Promise<PoolBody> {
  const found = members.parse(await arm.get(id, apiVersion));
  return { ...found, id, properties: members.parse(found['properties']) };
}

/** Audits the pool for each certificate that it observes or should observe. Equal findings are listed once. */
async function findingsOf({ graph }: Readers, pool: PoolBody, wanted: OldPoolRequest): Promise<readonly Finding[]> {
  const { extensions, identities } = poolView(pool);
  const observed = extensions.flatMap((extension) => extension.observed.map(({ url }) => url));
  const attached = identities.map(({ id }) => id);
  const known = await poolIdentities(graph, { account: accountOf(wanted), attached, certificates: observed });
  const audit = (certificate: string, required: boolean) =>
    auditPool(pool, { certificate, required, apiVersion: wanted.apiVersion, ...known(certificate) });
  const found = [
    ...observed.flatMap((certificate) => audit(certificate, false)),
    ...wanted.certificates.flatMap((certificate) => audit(certificate, true)),
  ];
  return [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()];
}

function answer(id: string, made: Definition | Unmade, findings: readonly Finding[]): HttpResponseInit {
  if ('missing' in made) return problem(unmade(made));
  const advised = findings.map((finding) => ({ ...finding, advice: adviceFor(finding.reason) }));
  return json(200, { id, definition: made.body, changes: made.changes, findings: advised, next: next(id) });
}

/** `If-None-Match` keeps the command from changing an existing pool. */
function next(id: string): string {
  return [
    'Keyturn creates no pools. Look through changes, fill in what is asked for, save definition as pool.json, then:',
    `az rest --method put --url "${id}?api-version=${apiVersion}" --headers "If-None-Match=*" --body @pool.json`,
    'Where Keyturn renews a certificate, let it name the account as its endpoint begins (repeat its other tags):',
    'az keyvault certificate set-attributes --id <certificate> --tags KeyturnAccounts=<account.region>',
    'Move the jobs to the new pool, then delete the old one.',
  ].join('\n');
}

function newId({ account, name }: NewPoolRequest): string {
  return `${account}/pools/${name}`;
}

function accountOf({ pool }: Pick<OldPoolRequest, 'pool'>): string {
  return pool.split(/\/pools\//i)[0] ?? '';
}

/** An existing pool takes no extension, so the new pool needs an id of its own. */
function besideId({ pool, name }: OldPoolRequest): string {
  const old = pool.split('/').at(-1) ?? '';
  return `${accountOf({ pool })}/pools/${name ?? `${old.slice(0, 61)}-kv`}`;
}

const whatToDo = {
  virtualMachineConfiguration: 'The pool has no virtual machines of its own configuration: only those take extensions.',
  certificates: 'The pool observes no certificate: name some in certificates.',
  identity: 'The pool does not show which identity its nodes use: name identity.',
} satisfies Record<Unmade['missing'], string>;

function unmade({ missing }: Unmade): Problem {
  return { status: 409, title: 'No definition', detail: whatToDo[missing] };
}

/** Answers 503 for a transient failure. Any other is between this app's identity and the pool. */
function unread({ reason }: OperationError): HttpResponseInit {
  const title = 'Pool not read';
  if (reason === 'resource-missing') return problem({ status: 404, title, detail: 'Name a pool that exists.', reason });
  const detail = adviceFor(reason);
  if (!hasClass(reason, 'transient', 'brief')) return problem({ status: 409, title, detail, reason });
  return problem({ status: 503, title, detail, reason }, { 'Retry-After': '30' });
}
