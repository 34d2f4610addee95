import type { Context } from 'hono';
import type { BatchAccount } from './batch/state.ts';
import { armError } from './errors.ts';
import type { SignalRService } from './signalr/state.ts';
import type { ArmState, Consumer, Resource } from './state.ts';

/** Ids are compared regardless of case, so routes see the path in lower case. */
export function lowerCasePath(request: Request): string {
  return new URL(request.url).pathname.toLowerCase();
}

export const subscriptionPath = '/subscriptions/:subscription';
export const groupPath = `${subscriptionPath}/resourcegroups/:group`;

/** The scope a request is about, in lower case: subscription, resource group or resource; empty for the tenant. */
export function scopeOf(context: Context): string {
  const { subscription, group, name, slot, pool } = context.req.param() as Record<string, string | undefined>;
  const length = (slot ?? pool) ? 11 : name ? 9 : group ? 5 : subscription ? 3 : 0;
  return context.req.path.split('/').slice(0, length).join('/');
}

export function contains(scope: string, id: string): boolean {
  const [outer, inner] = [scope.toLowerCase(), id.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}/`);
}

export function assertPlaceExists(state: ArmState, scope: string): void {
  const [, , subscription, , group] = scope.split('/');
  if (subscription === undefined) return;
  if (![...state.groups].some((each) => contains(`/subscriptions/${subscription}`, each))) {
    throw armError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  }
  if (group !== undefined && !state.groups.has(`/subscriptions/${subscription}/resourcegroups/${group}`)) {
    throw armError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
}

/** The account that a request is about, or whose pool it is about. */
export function batchAccountAt(context: Context, state: ArmState): BatchAccount {
  const scope = scopeOf(context).split('/').slice(0, 9).join('/');
  const found = state.resources.get(scope);
  return found?.kind === 'batch' ? found : notFound(scope);
}

export function signalRAt(context: Context, state: ArmState): SignalRService {
  const found = resourceAt(context, state);
  return found.kind === 'signalr' ? found : notFound(scopeOf(context));
}

export function batchAccountsIn(context: Context, state: ArmState): BatchAccount[] {
  return resourcesIn(context, state).filter((each) => each.kind === 'batch');
}

export function signalRsIn(context: Context, state: ArmState): SignalRService[] {
  return resourcesIn(context, state).filter((each) => each.kind === 'signalr');
}

/** The app that takes its secrets from a vault. */
export function consumerAt<Kind extends Consumer['kind']>(context: Context, state: ArmState, kind: Kind) {
  const scope = scopeOf(context);
  const found = state.consumers.get(scope);
  return isOfKind(found, kind) ? found : notFound(scope);
}

function isOfKind<Kind extends Consumer['kind']>(
  found: Consumer | undefined,
  kind: Kind,
): found is Extract<Consumer, { kind: Kind }> {
  return found?.kind === kind;
}

function resourceAt(context: Context, state: ArmState): Resource {
  const scope = scopeOf(context);
  return state.resources.get(scope) ?? notFound(scope);
}

function resourcesIn(context: Context, state: ArmState): Resource[] {
  const scope = scopeOf(context);
  return [...state.resources.values()].filter((each) => contains(scope, each.id));
}

function notFound(scope: string): never {
  const [, , , , group = '', , ...named] = scope.split('/');
  throw armError(404, 'ResourceNotFound', `No resource '${named.join('/')}' in resource group '${group}'.`);
}

/** Whether somebody took this action at this scope from this identity. */
export function isDenied({ denials }: ArmState, objectId: string, scope: string, action: string): boolean {
  return [...denials].some(
    (denial) =>
      ['*', objectId].includes(denial.objectId) && covers(denial.action, action) && contains(denial.scope, scope),
  );
}

export function assertAllowed(state: ArmState, objectId: string, scope: string, action: string): void {
  if (!isDenied(state, objectId, scope, action)) return;
  const message = `The client with object id '${objectId}' may not perform '${action}' over scope '${scope}'.`;
  throw armError(403, 'AuthorizationFailed', message);
}

/** `*` is every action, and `*` and a slash before its last part every one that ends so. */
function covers(denied: string, action: string): boolean {
  const [pattern, one] = [denied.toLowerCase(), action.toLowerCase()];
  return pattern === '*' || pattern === one || (pattern.startsWith('*/') && one.endsWith(pattern.slice(1)));
}
