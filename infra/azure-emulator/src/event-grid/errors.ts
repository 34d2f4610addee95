import { HTTPException } from 'hono/http-exception';

/** Builds an error of Event Grid's data plane, for a route to throw. */
export function eventGridError(status: 400 | 401 | 404 | 413 | 415, code: string, message: string): HTTPException {
  const error = { code, message, details: [{ code, message }] };
  return new HTTPException(status, { message, res: Response.json({ error }, { status }) });
}
