import { HTTPException } from 'hono/http-exception';

interface Detail {
  readonly code: string;
  readonly message: string;
}

/** Builds a `BadRequest`, the code of every error here; the details say what is wrong. */
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

/** An invalid query. Its parts become the details of the answer. */
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
  /** A string literal comes without its quotes. */
  readonly text: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}
export const kinds = ['name', 'text', 'number', 'symbol'] as const;
export type Kind = (typeof kinds)[number] | 'end';
