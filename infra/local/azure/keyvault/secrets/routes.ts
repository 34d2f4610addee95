import type { Hono } from 'hono';
import { page } from '../pages.ts';
import { refusal } from '../refusal.ts';
import type { Enter, VaultContext, VaultEnv } from '../service.ts';
import { checkName, readSetSecret, readUpdateSecret } from './body.ts';
import type { Secret, SecretVersion } from './store.ts';
import { versionOf } from './store.ts';
import { bundle, deletedBundle, deletedItem, item } from './wire.ts';

/** As in the data-plane reference of Key Vault secrets; backup and restore are not served. */
export function addSecretRoutes(app: Hono<VaultEnv>, enter: Enter): void {
  app.get('/secrets', enter('listSecrets'), listSecrets);
  app.get('/secrets/:name/versions', enter('listSecretVersions'), listVersions);
  app.get('/secrets/:name/:version?', enter('getSecret'), getSecret);
  app.put('/secrets/:name', enter('setSecret'), setSecret);
  app.patch('/secrets/:name/:version?', enter('updateSecret'), updateSecret);
  app.delete('/secrets/:name', enter('deleteSecret'), deleteSecret);
  app.get('/deletedsecrets', enter('listDeletedSecrets'), listDeleted);
  app.get('/deletedsecrets/:name', enter('getDeletedSecret'), getDeleted);
  app.post('/deletedsecrets/:name/recover', enter('recoverDeletedSecret'), recoverDeleted);
  app.delete('/deletedsecrets/:name', enter('purgeDeletedSecret'), purgeDeleted);
}

function listSecrets(context: VaultContext): Response {
  const vault = context.get('vault');
  const show = (secret: Secret) => item(vault.uri, secret);
  return context.json(page(new URL(context.req.url), vault.list('active'), nameOf, show));
}

/** By version: the order says nothing about age. A name nobody knows has no versions, which is no error. */
function listVersions(context: VaultContext<'/:name'>): Response {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const all = vault.versions(name);
  const show = (version: SecretVersion) => bundle(vault.uri, vault.find(name), version);
  return context.json(page(new URL(context.req.url), all, ({ version }) => version, show));
}

/** Expired and not yet valid secrets are given out all the same: both dates are for information only. */
function getSecret(context: VaultContext<'/:name/:version?'>): Response {
  const vault = context.get('vault');
  const secret = vault.find(context.req.param('name'));
  const version = versionOf(secret, context.req.param('version'));
  if (!version.enabled) throw disabled();
  return context.json({ value: version.value, ...bundle(vault.uri, secret, version) });
}

async function setSecret(context: VaultContext<'/:name'>): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  checkName(name);
  const { value, details } = await readSetSecret(context.req.raw);
  const version = vault.setSecret(name, value, details);
  return context.json({ value, ...bundle(vault.uri, vault.find(name), version) });
}

async function updateSecret(context: VaultContext<'/:name/:version?'>): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const changes = await readUpdateSecret(context.req.raw);
  const version = vault.update(name, changes, context.req.param('version'));
  return context.json(bundle(vault.uri, vault.find(name), version));
}

function deleteSecret(context: VaultContext<'/:name'>): Response {
  const vault = context.get('vault');
  return context.json(deletedBundle(vault.uri, vault.delete(context.req.param('name'))));
}

function listDeleted(context: VaultContext): Response {
  const vault = context.get('vault');
  const show = (secret: Secret) => deletedItem(vault.uri, secret);
  return context.json(page(new URL(context.req.url), vault.list('deleted'), nameOf, show));
}

function getDeleted(context: VaultContext<'/:name'>): Response {
  const vault = context.get('vault');
  return context.json(deletedBundle(vault.uri, vault.findDeleted(context.req.param('name'))));
}

function recoverDeleted(context: VaultContext<'/:name'>): Response {
  const vault = context.get('vault');
  const secret = vault.recover(context.req.param('name'));
  return context.json(bundle(vault.uri, secret, versionOf(secret)));
}

function purgeDeleted(context: VaultContext<'/:name'>): Response {
  context.get('vault').purge(context.req.param('name'));
  return context.body(null, 204);
}

function nameOf({ name }: Secret): string {
  return name;
}

function disabled() {
  return refusal(403, {
    code: 'Forbidden',
    message: 'Operation get is not allowed on a disabled secret.',
    inner: 'SecretDisabled',
  });
}
