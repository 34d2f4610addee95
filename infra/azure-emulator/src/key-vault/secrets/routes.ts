import type { Hono } from 'hono';
import { forbidden } from '../errors.ts';
import { addDeletedRoutes, pageOf } from '../routes.ts';
import type { AllowOperation, VaultContext, VaultEnv } from '../routes.ts';
import { assertName } from '../serializers.ts';
import { bundle, item, readSetSecret, readUpdateSecret } from './serializers.ts';
import type { Secret, SecretVersion } from './state.ts';

/** As in the data-plane reference of Key Vault secrets; backup and restore are not served. */
export function addSecretRoutes(app: Hono<VaultEnv>, enter: AllowOperation): void {
  app.get('/secrets', enter('listSecrets'), listSecrets);
  app.get('/secrets/:name/versions', enter('listSecretVersions'), listVersions);
  app.get('/secrets/:name/:version?', enter('getSecret'), getSecret);
  app.put('/secrets/:name', enter('setSecret'), setSecret);
  app.patch('/secrets/:name/:version?', enter('updateSecret'), updateSecret);
  addDeletedRoutes(app, enter, {
    ...{ path: 'secrets', noun: 'Secret', of: (vault) => vault },
    bundle: (vault, secret: Secret) => bundle(vault, secret, vault.pick(secret)),
    item: (vault, secret) => item(vault, secret, vault.pick(secret)),
  });
}

function listSecrets(context: VaultContext): Response {
  const vault = context.get('vault');
  const show = (secret: Secret) => item(vault, secret, vault.pick(secret));
  return context.json(pageOf(new URL(context.req.url), vault.list('active'), ({ name }) => name, show));
}

/** By version: the order says nothing about age. A name nobody knows has no versions, which is no error. */
function listVersions(context: VaultContext<'/:name'>): Response {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const all = vault.versions(name);
  const show = (version: SecretVersion) => bundle(vault, vault.find(name), version);
  return context.json(pageOf(new URL(context.req.url), all, ({ version }) => version, show));
}

/** Expired and not yet valid secrets are given out all the same: both dates are for information only. */
function getSecret(context: VaultContext<'/:name/:version?'>): Response {
  const vault = context.get('vault');
  const secret = vault.find(context.req.param('name'));
  const version = vault.pick(secret, context.req.param('version'));
  if (!version.enabled) throw forbidden('Operation get is not allowed on a disabled secret.', 'SecretDisabled');
  return context.json({ value: version.value, ...bundle(vault, secret, version) });
}

async function setSecret(context: VaultContext<'/:name'>): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  assertName(name);
  const { value, details } = await readSetSecret(context.req.raw);
  const version = vault.setSecret(name, value, details);
  return context.json({ value, ...bundle(vault, vault.find(name), version) });
}

async function updateSecret(context: VaultContext<'/:name/:version?'>): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const changes = await readUpdateSecret(context.req.raw);
  const version = vault.update(name, changes, context.req.param('version'));
  return context.json(bundle(vault, vault.find(name), version));
}
