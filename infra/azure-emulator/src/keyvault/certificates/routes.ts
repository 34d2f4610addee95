import type { Hono } from 'hono';
import { addDeletedRoutes } from '../deletedRoutes.ts';
import { page } from '../pages.ts';
import type { Enter, VaultContext, VaultEnv } from '../service.ts';
import { readPolicyChange, readUpdate } from './body.ts';
import type { Certificate, CertificateVersion } from './certificate.ts';
import { bundle, item, pendingBundle, policyDocument } from './wire.ts';

type Named = VaultContext<'/:name'>;
type Versioned = VaultContext<'/:name/:version?'>;

/** As in the data-plane reference of Key Vault certificates; import, backup, contacts and issuers are not served. */
export function addCertificateRoutes(app: Hono<VaultEnv>, enter: Enter): void {
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
  return context.json(page(new URL(context.req.url), all, ({ name }) => name, show));
}

function listVersions(context: Named): Response {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const show = (version: CertificateVersion) => item(vault, vault.certificates.find(name), version, version);
  const all = vault.certificates.versions(name);
  return context.json(page(new URL(context.req.url), all, ({ version }) => version, show));
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
