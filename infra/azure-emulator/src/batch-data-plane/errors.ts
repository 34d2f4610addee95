import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { HTTPException } from 'hono/http-exception';

/** An error as the Batch service sends it: OData, with what it has to add in `values`. */
export function batchDataError(
  status: ContentfulStatusCode,
  code: string,
  value: string,
  details: Record<string, string> = {},
): HTTPException {
  const values = Object.entries(details).map(([key, detail]) => ({ key, value: detail }));
  const body = { code, message: { lang: 'en-US', value }, ...(values.length > 0 && { values }) };
  const headers = {
    'Content-Type': 'application/json;odata=minimalmetadata',
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer resource="https://batch.core.windows.net/"' }),
  };
  return new HTTPException(status, { message: value, res: new Response(JSON.stringify(body), { status, headers }) });
}

/** Every refusal of a credential; the detail says which. */
export function notAuthenticatedError(detail: string): HTTPException {
  const message = 'The server could not authenticate the request: check the Authorization header and its signature.';
  return batchDataError(403, 'AuthenticationFailed', message, { AuthenticationErrorDetail: detail });
}
