import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { TokenProblem } from '../identity/state.ts';
import { HTTPException } from 'hono/http-exception';

/** What a route throws to refuse, in the form every error of Azure Resource Manager has. */
export function armError(
  status: ContentfulStatusCode,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): HTTPException {
  return new HTTPException(status, { message, res: Response.json({ error: { code, message } }, { status, headers }) });
}

const tokenCodes = {
  missing: 'AuthenticationFailed',
  invalid: 'InvalidAuthenticationToken',
  audience: 'InvalidAuthenticationTokenAudience',
  expired: 'ExpiredAuthenticationToken',
} satisfies Record<TokenProblem, string>;

export function tokenError(problem: TokenProblem, tenantId: string): HTTPException {
  const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/${tenantId}", error="invalid_token"`;
  const message = `The access token is not acceptable: ${problem}.`;
  return armError(401, tokenCodes[problem], message, { 'WWW-Authenticate': challenge });
}
