import { QueryError, kinds } from '../errors.ts';
import type { Kind, Place, Token } from '../errors.ts';

export interface Reader {
  peek(): Token;
  next(): Token;
  /** Takes the next token if it is this name or symbol. */
  accept(text: string): boolean;
  expect(text: string): void;
  name(): string;
}

const pattern = new RegExp(
  [
    /\s+|\/\/[^\n]*/,
    /(?<name>mv-expand(?!\w)|in~|[A-Za-z_]\w*)/,
    /(?<text>'(?:[^'\\\n]|\\['"\\])*'|"(?:[^"\\\n]|\\['"\\])*")/,
    /(?<number>\d+(?:\.\d+)?)/,
    /(?<symbol>==|=~|!=|[|=,.()[\]])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

export function createReader(query: string): Reader {
  const tokens = tokensOf(query);
  let index = 0;
  const end = endOf(query);
  const peek = () => tokens[index] ?? end;
  function next(): Token {
    const token = peek();
    index += 1;
    return token;
  }
  function accept(text: string): boolean {
    const { kind, text: found } = peek();
    if ((kind !== 'name' && kind !== 'symbol') || found !== text) return false;
    index += 1;
    return true;
  }
  function expect(text: string): void {
    if (!accept(text)) throw new QueryError(peek(), `'${text}' is expected here.`);
  }
  function name(): string {
    const token = next();
    if (token.kind !== 'name') throw new QueryError(token, 'A name is expected here.');
    return token.text;
  }
  return { peek, next, accept, expect, name };
}

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  for (let at = 0; at < query.length; at = pattern.lastIndex) {
    const found = pattern.exec(query);
    if (!found) throw new QueryError({ kind: 'symbol', text: query.charAt(at), ...place(query, at) }, 'Unknown sign.');
    const kind = kinds.find((each) => found.groups?.[each] !== undefined);
    if (kind) tokens.push(tokenOf(kind, found[0], place(query, at)));
  }
  return tokens;
}

function tokenOf(kind: Kind, found: string, at: Place): Token {
  return { kind, text: kind === 'text' ? unquoted(found) : found, ...at };
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, '$1');
}

function endOf(query: string): Token {
  return { kind: 'end', text: '', ...place(query, query.length) };
}

function place(query: string, at: number): Place {
  const before = query.slice(0, at).split('\n');
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}
