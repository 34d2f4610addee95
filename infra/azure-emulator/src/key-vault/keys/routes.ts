import type { Hono } from 'hono';
import { addDeletedRoutes, pageOf } from '../routes.ts';
import type { AllowOperation, VaultContext, VaultEnv } from '../routes.ts';
import { assertName } from '../serializers.ts';
import { bundle, item, policyDocument, readCreateKey, readRotationPolicy, readUpdateKey } from './serializers.ts';
import type { Key, KeyVersion } from './state.ts';

type Named = VaultContext<'/:name'>;
type Versioned = VaultContext<'/:name/:version?'>;

/** As in the data-plane reference of Key Vault keys; import, backup and every operation with a key are not served. */
export function addKeyRoutes(app: Hono<VaultEnv>, enter: AllowOperation): void {
  app.get('/keys', enter('listKeyNames'), listKeys);
  app.post('/keys/:name/create', enter('createKey'), createKey);
  app.post('/keys/:name/rotate', enter('rotateKey'), rotateKey);
  app.get('/keys/:name/rotationpolicy', enter('getKeyRotationPolicy'), getPolicy);
  app.put('/keys/:name/rotationpolicy', enter('updateKeyRotationPolicy'), updatePolicy);
  app.get('/keys/:name/versions', enter('listKeyVersions'), listVersions);
  app.get('/keys/:name/:version?', enter('getKey'), getKey);
  app.patch('/keys/:name/:version?', enter('updateKey'), updateKey);
  addDeletedRoutes(app, enter, {
    ...{ path: 'keys', noun: 'Key', of: (vault) => vault.keys },
    bundle: (vault, key: Key) => bundle(vault, key, vault.keys.pick(key)),
    item: (vault, key) => item(vault, key, vault.keys.pick(key)),
  });
}

function listKeys(context: VaultContext): Response {
  const vault = context.get('vault');
  const show = (key: Key) => item(vault, key, vault.keys.pick(key));
  return context.json(pageOf(new URL(context.req.url), vault.keys.list('active'), ({ name }) => name, show));
}

function listVersions(context: Named): Response {
  const vault = context.get('vault');
  const name = context.req.param('name');
  const show = (version: KeyVersion) => item(vault, vault.keys.find(name), version, version);
  return context.json(pageOf(new URL(context.req.url), vault.keys.versions(name), ({ version }) => version, show));
}

/** A disabled key is shown all the same: it is its use that is refused [notaryproject/ratify#1474]. */
function getKey(context: Versioned): Response {
  const vault = context.get('vault');
  const key = vault.keys.find(context.req.param('name'));
  return context.json(bundle(vault, key, vault.keys.pick(key, context.req.param('version'))));
}

async function createKey(context: Named): Promise<Response> {
  const name = context.req.param('name');
  assertName(name);
  const wanted = await readCreateKey(context.req.raw);
  return answer(context, name, context.get('vault').keys.create(name, wanted));
}

function rotateKey(context: Named): Response {
  const name = context.req.param('name');
  return answer(context, name, context.get('vault').keys.rotate(name));
}

async function updateKey(context: Versioned): Promise<Response> {
  const name = context.req.param('name');
  const changes = await readUpdateKey(context.req.raw);
  return answer(context, name, context.get('vault').keys.update(name, changes, context.req.param('version')));
}

function getPolicy(context: Named): Response {
  const vault = context.get('vault');
  return context.json(policyDocument(vault, vault.keys.find(context.req.param('name'))));
}

async function updatePolicy(context: Named): Promise<Response> {
  const vault = context.get('vault');
  const name = context.req.param('name');
  vault.keys.setRotationPolicy(name, await readRotationPolicy(context.req.raw));
  return context.json(policyDocument(vault, vault.keys.find(name)));
}

function answer(context: VaultContext, name: string, version: KeyVersion): Response {
  const vault = context.get('vault');
  return context.json(bundle(vault, vault.keys.find(name), version));
}
