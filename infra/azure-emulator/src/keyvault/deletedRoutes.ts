import type { Hono } from 'hono';
import { page } from './pages.ts';
import type { Enter, VaultContext, VaultEnv } from './service.ts';
import type { Kept, Shelf, Version } from './shelf.ts';
import type { Vault } from './vault.ts';
import { deletion } from './wire.ts';

/** How one of the three collections shows itself. */
export interface Collection<V extends Version, T extends Kept<V>> {
  readonly path: 'secrets' | 'keys' | 'certificates';
  readonly noun: 'Secret' | 'Key' | 'Certificate';
  of(vault: Vault): Pick<Shelf<V, T>, 'delete' | 'recover' | 'purge' | 'findDeleted' | 'list'>;
  bundle(vault: Vault, object: T): object;
  item(vault: Vault, object: T): object;
}

type Named = VaultContext<`/${string}/:name`>;

/** Delete, and what can be done with what is deleted: the same for secrets, keys and certificates. */
export function addDeletedRoutes<V extends Version, T extends Kept<V>>(
  app: Hono<VaultEnv>,
  enter: Enter,
  { path, noun, of, bundle, item }: Collection<V, T>,
): void {
  app.delete(`/${path}/:name`, enter(`delete${noun}`), (context: Named) =>
    context.json(shown(context.get('vault'), of(context.get('vault')).delete(context.req.param('name')))),
  );
  app.get(`/deleted${path}`, enter(`listDeleted${noun}s`), list);
  app.get(`/deleted${path}/:name`, enter(`getDeleted${noun}`), (context: Named) =>
    context.json(shown(context.get('vault'), of(context.get('vault')).findDeleted(context.req.param('name')))),
  );
  app.post(`/deleted${path}/:name/recover`, enter(`recoverDeleted${noun}`), (context: Named) => {
    const vault = context.get('vault');
    return context.json(bundle(vault, of(vault).recover(context.req.param('name'))));
  });
  app.delete(`/deleted${path}/:name`, enter(`purgeDeleted${noun}`), (context: Named) => {
    of(context.get('vault')).purge(context.req.param('name'));
    return context.body(null, 204);
  });

  function list(context: VaultContext): Response {
    const vault = context.get('vault');
    const show = (object: T) => ({ ...item(vault, object), ...deletion(vault, path, object) });
    return context.json(page(new URL(context.req.url), of(vault).list('deleted'), ({ name }) => name, show));
  }
  function shown(vault: Vault, object: T): object {
    return { ...bundle(vault, object), ...deletion(vault, path, object) };
  }
}
