import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { parseJson } from '../../model/json.ts';
import { problem } from './problem.ts';

/** The role that Azure Monitor's documentation gives the service principal of action groups. */
export const actionGroupRole = 'ActionGroupsSecureWebhook';
/** The role of people and programs that start rotations. */
export const operatorRole = 'Rotation.Operator';

const claim = z.object({ typ: z.string(), val: z.string() });
const shape = z.object({ claims: z.array(claim), name_typ: z.string().nullish().catch(undefined) });

/**
 * Refuses a caller who has none of the roles. App Service authentication writes the header, and removes any that a
 * caller sent. Only where it is on may this be asked (R28, who may shorten).
 */
export function refuseWithout(roles: readonly string[], request: HttpRequest): HttpResponseInit | undefined {
  if (!request.headers.get('x-ms-client-principal')) {
    return problem({
      status: 401,
      title: 'Not authenticated',
      detail: `Send an Entra token of this app with the app role ${roles.join(' or ')}; an action group does as a secure webhook.`,
    });
  }
  if (roles.some((role) => hasRole(role, request))) return undefined;
  return problem({
    status: 403,
    title: 'Role missing',
    detail: `The caller needs the app role ${roles.join(' or ')}.`,
  });
}

export function hasRole(role: string, request: HttpRequest): boolean {
  return claimsOf(request).claims.some(({ typ, val }) => /(^|\/)roles?$/.test(typ) && val === role);
}

/** Returns a name for the log, rebuilt from the token: of a person, or the id of a program. */
export function callerName(request: HttpRequest): string {
  const { claims, name_typ } = claimsOf(request);
  const types = ['preferred_username', 'upn', name_typ, 'name', 'appid', 'azp', 'oid'];
  const named = types.flatMap((type) => claims.find(({ typ }) => typ === type || typ.endsWith(`/${type}`))?.val ?? []);
  const words = (named[0] ?? '').replace(/[^\p{L}\p{N} .@_-]/gu, '').trim();
  return words.slice(0, 100) || 'unknown';
}

function claimsOf(request: HttpRequest): z.output<typeof shape> {
  const header = request.headers.get('x-ms-client-principal') ?? '';
  return shape.safeParse(parseJson(Buffer.from(header, 'base64').toString())).data ?? { claims: [] };
}
