import { HTTPException } from 'hono/http-exception';

/** An error in the form of Event Grid's data plane, for its route to throw. */
export function eventGridError(status: 400 | 401 | 404 | 413 | 415, code: string, message: string): HTTPException {
  const error = { code, message, details: [{ code, message }] };
  return new HTTPException(status, { message, res: Response.json({ error }, { status }) });
}
