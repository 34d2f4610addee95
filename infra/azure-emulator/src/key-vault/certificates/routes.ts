import type { Hono } from 'hono';
import { addDeletedRoutes, pageOf } from '../routes.ts';
import type { AllowOperation, VaultContext, VaultEnv } from '../routes.ts';
import { assertName } from '../serializers.ts';
import { noPendingRequest } from './requests.ts';
import {
  bundle,
  item,
  operationDocument,
  pendingBundle,
  policyDocument,
  readCancellation,
  readCreate,
  readMerge,
  readPolicyChange,
  readUpdate,
} from './serializers.ts';
import type { Certificate, CertificateVersion, Pending } from './state.ts';

type Named = VaultContext<'/:name'>;
type Versioned = VaultContext<'/:name/:version?'>;

/** As in the data-plane reference of Key Vault certificates; import, backup, contacts and issuers are not served. */
export function addCertificateRoutes(app: Hono<VaultEnv>, enter: AllowOperation): void {
  app.get('/certificates', enter('listCertificates'), listCertificates);
  app.get('/certificates/:name/versions', enter('listCertificateVersions'), listVersions);
  app.get('/certificates/:name/policy', enter('getCertificatePolicy'), getPolicy);
  app.patch('/certificates/:name/policy', enter('updateCertificatePolicy'), updatePolicy);
  app.get('/certificates/:name', enter('getCertificate'), getCertificate);
  app.get('/certificates/:name/:version', enter('getCertificateVersion'), getCertificate);
  app.patch('/certificates/:name/:version?', enter('updateCertificate'), updateCertificate);
  addDeletedRoutes(app, enter, {
    ...{ path: 'certificates', noun: 'Certificate', of: (vault) => vault.certificates },
    bundle: (vault, certificate: Certificate) => bundle(vault, certificate, vault.certificates.pick(certificate)),
    item: (vault, certificate) => item(vault, certificate, vault.certificates.pick(certificate)),
  });
}

function listCertificates(context: VaultContext): Response {
  const vault = context.get('vault');
  const show = (certificate: Certificate) => item(vault, certificate, vault.certificates.pick(certificate));
  const all = vault.certificates.list('active');
  return context.json(pageOf(new URL(context.req.url), all, ({ name }) => name, show));
}

function listVersions(context: Named): Response {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const show = (version: CertificateVersion) => item(vault, vault.certificates.find(name), version, version);
  const all = vault.certificates.versions(name);
  return context.json(pageOf(new URL(context.req.url), all, ({ version }) => version, show));
}

/** A disabled certificate is shown all the same: it is its secret that is not given out. */
function getCertificate(context: Versioned): Response {
  const vault = context.get('vault');
  const certificate = vault.certificates.find(context.req.param('name'));
  const { pending, versions } = certificate;
  if (pending && versions.length === 0) return context.json(pendingBundle(vault, certificate, pending));
  const version = vault.certificates.pick(certificate, context.req.param('version'));
  return context.json(bundle(vault, certificate, version));
}

async function updateCertificate(context: Versioned): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const changes = await readUpdate(context.req.raw);
  const version = vault.certificates.update(name, changes, context.req.param('version'));
  return context.json(bundle(vault, vault.certificates.find(name), version));
}

function getPolicy(context: Named): Response {
  const vault = context.get('vault');
  return context.json(policyDocument(vault, vault.certificates.find(context.req.param('name'))));
}

async function updatePolicy(context: Named): Promise<Response> {
  const vault = context.get('vault');
  const certificate = vault.certificates.find(context.req.param('name'));
  vault.certificates.setPolicy(certificate.name, await readPolicyChange(context.req.raw, certificate.policy));
  return context.json(policyDocument(vault, certificate));
}

/** How a version comes to be (key-vault/certificates/create-certificate-scenarios.md). */
export function addPendingRoutes(app: Hono<VaultEnv>, enter: AllowOperation): void {
  app.post('/certificates/:name/create', enter('createCertificate'), createCertificate);
  app.get('/certificates/:name/pending', enter('getCertificateOperation'), getOperation);
  app.patch('/certificates/:name/pending', enter('updateCertificateOperation'), updateOperation);
  app.delete('/certificates/:name/pending', enter('deleteCertificateOperation'), deleteOperation);
  app.post('/certificates/:name/pending/merge', enter('mergeCertificate'), mergeCertificate);
}

async function createCertificate(context: VaultContext<'/:name'>): Promise<Response> {
  const { uri, certificates } = context.get('vault');
  const name = context.req.param('name');
  assertName(name);
  const { policy, changes } = await readCreate(context.req.raw);
  const pending = await certificates.request(name, policy, changes);
  const version = new URL(context.req.url).searchParams.get('api-version') ?? '';
  const query = `api-version=${version}&request_id=${pending.requestId}`;
  return show(context, pending, 202, { Location: `${uri}/certificates/${name}/pending?${query}` });
}

function getOperation(context: VaultContext<'/:name'>): Response {
  return show(context, wanted(context));
}

async function updateOperation(context: VaultContext<'/:name'>): Promise<Response> {
  wanted(context);
  const isRequested = await readCancellation(context.req.raw);
  return show(context, context.get('vault').certificates.cancel(context.req.param('name'), isRequested));
}

function deleteOperation(context: VaultContext<'/:name'>): Response {
  wanted(context);
  return show(context, context.get('vault').certificates.forget(context.req.param('name')));
}

async function mergeCertificate(context: VaultContext<'/:name'>): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const { leaf, changes } = await readMerge(context.req.raw);
  const version = await vault.certificates.merge(name, leaf, changes);
  return context.json(bundle(vault, vault.certificates.find(name), version), 201);
}

/** A `request_id` in the query asks for that request only. */
function wanted(context: VaultContext<'/:name'>): Pending {
  const name = context.req.param('name');
  const pending = context.get('vault').certificates.pending(name);
  const id = context.req.query('request_id');
  if (id !== undefined && id !== pending.requestId) throw noPendingRequest(name);
  return pending;
}

function show(
  context: VaultContext<'/:name'>,
  pending: Pending,
  status: 200 | 202 = 200,
  headers: Record<string, string> = {},
): Response {
  const vault = context.get('vault');
  const certificate = vault.certificates.find(context.req.param('name'));
  return context.json(operationDocument(vault, certificate, pending), status, headers);
}
