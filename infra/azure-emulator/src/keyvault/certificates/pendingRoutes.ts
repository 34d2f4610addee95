import type { Hono } from 'hono';
import { checkName } from '../body.ts';
import type { Enter, VaultContext, VaultEnv } from '../service.ts';
import { readCancellation, readCreate, readMerge } from './body.ts';
import type { Pending } from './certificate.ts';
import { notPending } from './requests.ts';
import { bundle, operationDocument } from './wire.ts';

type Named = VaultContext<'/:name'>;

/** How a version comes to be (key-vault/certificates/create-certificate-scenarios.md). */
export function addPendingRoutes(app: Hono<VaultEnv>, enter: Enter): void {
  app.post('/certificates/:name/create', enter('createCertificate'), createCertificate);
  app.get('/certificates/:name/pending', enter('getCertificateOperation'), getOperation);
  app.patch('/certificates/:name/pending', enter('updateCertificateOperation'), updateOperation);
  app.delete('/certificates/:name/pending', enter('deleteCertificateOperation'), deleteOperation);
  app.post('/certificates/:name/pending/merge', enter('mergeCertificate'), mergeCertificate);
}

async function createCertificate(context: Named): Promise<Response> {
  const { uri, certificates } = context.get('vault');
  const name = context.req.param('name');
  checkName(name);
  const { policy, changes } = await readCreate(context.req.raw);
  const pending = await certificates.request(name, policy, changes);
  const version = new URL(context.req.url).searchParams.get('api-version') ?? '';
  const query = `api-version=${version}&request_id=${pending.requestId}`;
  return show(context, pending, 202, { Location: `${uri}/certificates/${name}/pending?${query}` });
}

function getOperation(context: Named): Response {
  return show(context, wanted(context));
}

async function updateOperation(context: Named): Promise<Response> {
  wanted(context);
  const isRequested = await readCancellation(context.req.raw);
  return show(context, context.get('vault').certificates.cancel(context.req.param('name'), isRequested));
}

function deleteOperation(context: Named): Response {
  wanted(context);
  return show(context, context.get('vault').certificates.forget(context.req.param('name')));
}

async function mergeCertificate(context: Named): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const { leaf, changes } = await readMerge(context.req.raw);
  const version = await vault.certificates.merge(name, leaf, changes);
  return context.json(bundle(vault, vault.certificates.find(name), version), 201);
}

/** A `request_id` in the query asks for that request only. */
function wanted(context: Named): Pending {
  const name = context.req.param('name');
  const pending = context.get('vault').certificates.pending(name);
  const id = context.req.query('request_id');
  if (id !== undefined && id !== pending.requestId) throw notPending(name);
  return pending;
}

function show(
  context: Named,
  pending: Pending,
  status: 200 | 202 = 200,
  headers: Record<string, string> = {},
): Response {
  const vault = context.get('vault');
  const certificate = vault.certificates.find(context.req.param('name'));
  return context.json(operationDocument(vault, certificate, pending), status, headers);
}
