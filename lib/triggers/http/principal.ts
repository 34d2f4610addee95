import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { problem } from './problem.ts';
import { parseJson } from '../../model/json.ts';

/** The role that Azure Monitor's documentation gives the service principal of action groups. */
const role = 'ActionGroupsSecureWebhook';

const shape = z.object({ claims: z.array(z.object({ typ: z.string(), val: z.string() })) });

/**
 * Refuses a caller without the role. App Service authentication writes the header, and removes any that a caller sent.
 */
export function refusePrincipal(request: HttpRequest): HttpResponseInit | undefined {
  const header = request.headers.get('x-ms-client-principal');
  if (!header) {
    return problem({
      status: 401,
      title: 'Not authenticated',
      detail: 'Use a secure webhook (Entra) in the action group.',
    });
  }
  if (rolesIn(header).includes(role)) return undefined;
  return problem({ status: 403, title: 'Role missing', detail: `The caller needs the app role ${role}.` });
}

function rolesIn(header: string): readonly string[] {
  const read = shape.safeParse(parseJson(Buffer.from(header, 'base64').toString()));
  const claims = read.success ? read.data.claims : [];
  return claims.filter(({ typ }) => /(^|\/)roles?$/.test(typ)).map(({ val }) => val);
}
