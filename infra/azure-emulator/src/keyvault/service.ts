import { Hono } from 'hono';
import type { Context, MiddlewareHandler } from 'hono';
import type { Core, Service } from '../core.ts';
import { operation } from '../operation.ts';
import { addPendingRoutes } from './certificates/pendingRoutes.ts';
import { addCertificateRoutes } from './certificates/routes.ts';
import { guard } from './guard.ts';
import { addKeyRoutes } from './keys/routes.ts';
import { refusal } from './refusal.ts';
import { addSecretRoutes } from './secrets/routes.ts';
import type { KeyVault, Vault } from './vault.ts';

export interface VaultEnv {
  Variables: { vault: Vault };
}

export type VaultContext<Path extends string = string> = Context<VaultEnv, Path>;

/** Names a route's operation and lets in who may come in. */
export type Enter = (operation: string) => MiddlewareHandler<VaultEnv>;

/** Key Vault's data plane; the vault is told by the authority. */
export function keyVaultService(core: Core, { vaults }: KeyVault): Service {
  // The SDK asks for the current version with an empty one: a trailing slash.
  const app = new Hono<VaultEnv>({ strict: false });
  app.use(async (context, next) => {
    const vault = vaults.get(new URL(context.req.url).host);
    if (!vault) throw notServed();
    context.set('vault', vault);
    await vault.catchUp();
    await next();
  });
  addSecretRoutes(app, enter);
  addKeyRoutes(app, enter);
  addPendingRoutes(app, enter);
  addCertificateRoutes(app, enter);
  app.notFound(() => notServed().getResponse());
  return { name: 'key-vault', fetch: (request) => app.fetch(request) };

  function enter(name: string): MiddlewareHandler<VaultEnv> {
    const named = operation(core, name);
    return (context, next) =>
      named(context, async () => {
        await guard(core, context.get('vault'), name, context.req.raw);
        await next();
      });
  }
}

function notServed() {
  return refusal(404, { code: 'NotFound', message: 'There is no such resource.' });
}
