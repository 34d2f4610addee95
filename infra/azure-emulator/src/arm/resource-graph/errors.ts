import { HTTPException } from 'hono/http-exception';

interface Detail {
  readonly code: string;
  readonly message: string;
}

/** Every refusal is a `BadRequest`; what is wrong is in the details. */
export function badRequestError(...details: readonly Detail[]): HTTPException {
  const body = { error: { code: 'BadRequest', message: 'The request was not understood: see the details.', details } };
  return new HTTPException(400, { res: Response.json(body, { status: 400 }) });
}

export function invalidQueryError({ code, message, token }: QueryError): HTTPException {
  const { line, column, text } = token;
  return badRequestError(
    { code: 'InvalidQuery', message: `The query is invalid: ${message}` },
    { code, message, ...{ line, characterPositionInLine: column, token: text } },
  );
}

/** A query that the service refuses; its parts are what the answer's details say. */
export class QueryError extends Error {
  readonly code: 'ParserFailure' | 'InvalidQueryLanguage';
  readonly token: Token;
  constructor(token: Token, message: string, code: QueryError['code'] = 'ParserFailure') {
    super(message);
    this.code = code;
    this.token = token;
  }
}

export interface Token extends Place {
  readonly kind: Kind;
  /** A string literal without its quotes. */
  readonly text: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}
export const kinds = ['name', 'text', 'number', 'symbol'] as const;
export type Kind = (typeof kinds)[number] | 'end';
