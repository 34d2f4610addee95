import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { HTTPException } from 'hono/http-exception';

/** An error of the Batch management service: what it has to add stands in the details. */
export function batchError(
  status: ContentfulStatusCode,
  code: string,
  message: string,
  reasons: Record<string, string> = {},
): HTTPException {
  const details = Object.entries(reasons).map(([name, reason]) => ({ code: name, message: reason }));
  const error = { code, message, target: 'BatchAccount', ...(details.length > 0 && { details }) };
  return new HTTPException(status, { message, res: Response.json({ error }, { status }) });
}

export function invalidPropertyError(name: string, reason: string): HTTPException {
  const message = 'The value of a property in the body is not valid.';
  return batchError(400, 'InvalidPropertyValue', message, { PropertyName: name, Reason: reason });
}
