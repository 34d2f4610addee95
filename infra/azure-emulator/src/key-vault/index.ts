import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { nameOperation } from '../shared/http.ts';
import type { Core } from '../shared/platform.ts';
import type { Service } from '../shared/service.ts';
import { assertAccess } from './access.ts';
import { addCertificateRoutes, addPendingRoutes } from './certificates/routes.ts';
import { keyVaultError } from './errors.ts';
import { addKeyRoutes } from './keys/routes.ts';
import type { VaultEnv } from './routes.ts';
import { addSecretRoutes } from './secrets/routes.ts';
import type { KeyVault } from './state.ts';

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
    const named = nameOperation(core, name);
    return (context, next) =>
      named(context, async () => {
        await assertAccess(core, context.get('vault'), name, context.req.raw);
        await next();
      });
  }
}

function notServed() {
  return keyVaultError(404, { code: 'NotFound', message: 'There is no such resource.' });
}
