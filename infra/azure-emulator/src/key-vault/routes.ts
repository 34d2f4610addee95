import type { Context, Hono, MiddlewareHandler } from 'hono';
import { badParameter } from './errors.ts';
import { deletion } from './serializers.ts';
import type { Vault } from './state.ts';
import type { VersionedObject, VersionedStore, Version } from './versionedStore.ts';

export interface VaultEnv {
  Variables: { vault: Vault };
}

export type VaultContext<Path extends string = string> = Context<VaultEnv, Path>;

/** Names a route's operation and lets in who may come in. */
export type AllowOperation = (operation: string) => MiddlewareHandler<VaultEnv>;

/** How one of the three collections shows itself. */
interface Collection<V extends Version, T extends VersionedObject<V>> {
  readonly path: 'secrets' | 'keys' | 'certificates';
  readonly noun: 'Secret' | 'Key' | 'Certificate';
  of(vault: Vault): Pick<VersionedStore<V, T>, 'delete' | 'recover' | 'purge' | 'findDeleted' | 'list'>;
  bundle(vault: Vault, object: T): object;
  item(vault: Vault, object: T): object;
}

type Named = VaultContext<`/${string}/:name`>;

/** Delete, and what can be done with what is deleted: the same for secrets, keys and certificates. */
export function addDeletedRoutes<V extends Version, T extends VersionedObject<V>>(
  app: Hono<VaultEnv>,
  enter: AllowOperation,
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
    return context.json(pageOf(new URL(context.req.url), of(vault).list('deleted'), ({ name }) => name, show));
  }
  function shown(vault: Vault, object: T): object {
    return { ...bundle(vault, object), ...deletion(vault, path, object) };
  }
}

/** The most one page of a list holds, and what it holds by default. */
const pageSize = 25;

interface Page {
  value: object[];
  nextLink?: string;
}

/** One page of a list in the order of its keys, from where the link that was followed says. */
export function pageOf<T>(url: URL, all: readonly T[], keyOf: (each: T) => string, show: (each: T) => object): Page {
  const after = readMarker(url.searchParams.get('$skiptoken'));
  const size = readSize(url.searchParams.get('maxresults'));
  const rest = all
    .map((each) => ({ each, key: keyOf(each) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const value = rest.slice(0, size).map(({ each }) => show(each));
  const last = rest[size - 1];
  return last && rest.length > size ? { value, nextLink: nextLink(url, last.key) } : { value };
}

function nextLink(url: URL, marker: string): string {
  const next = new URL(url);
  next.searchParams.set('$skiptoken', Buffer.from(JSON.stringify({ marker })).toString('base64url'));
  return next.href;
}

function readMarker(token: string | null): string {
  if (token === null) return '';
  try {
    const read = JSON.parse(Buffer.from(token, 'base64url').toString()) as { marker: unknown };
    return String(read.marker);
  } catch {
    throw badParameter('The skip token is not one of this service.');
  }
}

function readSize(wanted: string | null): number {
  if (wanted === null) return pageSize;
  const size = Number(wanted);
  if (Number.isInteger(size) && size >= 1 && size <= pageSize) return size;
  throw badParameter(`maxresults must be between 1 and ${pageSize}.`);
}
