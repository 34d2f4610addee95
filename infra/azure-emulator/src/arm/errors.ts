import type { ContentfulStatusCode } from 'hono/utils/http-status';
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
