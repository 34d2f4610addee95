import { HTTPException } from 'hono/http-exception';
import type { QueryError } from './reader.ts';

interface Detail {
  readonly code: string;
  readonly message: string;
}

/** Every refusal is a `BadRequest`; what is wrong is in the details. */
export function badRequest(...details: readonly Detail[]): HTTPException {
  const body = { error: { code: 'BadRequest', message: 'The request was not understood: see the details.', details } };
  return new HTTPException(400, { res: Response.json(body, { status: 400 }) });
}

export function invalidQuery({ code, message, token }: QueryError): HTTPException {
  const { line, column, text } = token;
  return badRequest(
    { code: 'InvalidQuery', message: `The query is invalid: ${message}` },
    { code, message, ...{ line, characterPositionInLine: column, token: text } },
  );
}
