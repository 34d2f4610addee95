import { QueryError } from '../errors.ts';
import type { Token } from '../errors.ts';
import type { Reader } from './reader.ts';
import { asText, asTime, asWhole } from './values.ts';
import type { Columns, Expression, Type } from './values.ts';

interface Call {
  readonly gives: Type;
  of(value: unknown): unknown;
}

const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['tostring', { gives: 'string', of: asText }],
  ['todatetime', { gives: 'datetime', of: asTime }],
  ['tolong', { gives: 'number', of: asWhole }],
  ['isnotempty', { gives: 'bool', of: (value) => asText(value) !== '' }],
]);

/** Reads one expression: names are columns, and case counts in them. */
export function readExpression(reader: Reader, columns: Columns): Expression {
  return readChain(reader, 'or', () => readChain(reader, 'and', () => readComparison(reader, columns)));
}

/** An expression that says yes or no. */
export function readCondition(reader: Reader, columns: Columns): Expression {
  const start = reader.peek();
  return assertType(readExpression(reader, columns), 'bool', start);
}

function readChain(reader: Reader, word: 'and' | 'or', readPart: () => Expression): Expression {
  let left = readPart();
  for (let token = reader.peek(); reader.accept(word); token = reader.peek()) {
    const parts = [left, readPart()].map((part) => assertType(part, 'bool', token));
    left = condition((row) =>
      word === 'or' ? parts.some((part) => part.of(row)) : parts.every((part) => part.of(row)),
    );
  }
  return left;
}

function readComparison(reader: Reader, columns: Columns): Expression {
  const left = readOperand(reader, columns);
  const token = reader.peek();
  if (reader.accept('in')) return among(reader, left, equals);
  if (reader.accept('in~')) return among(reader, left, equalsIgnoringCase);
  const test = token.kind === 'text' ? undefined : operators.get(token.text);
  if (!test) return left;
  reader.next();
  const right = readOperand(reader, columns);
  assertComparable(token, left, right);
  return condition((row) => test(left.of(row), right.of(row)));
}

function among(reader: Reader, left: Expression, test: typeof equals): Expression {
  const options: unknown[] = [];
  reader.expect('(');
  do {
    const token = reader.next();
    const option = literal(token);
    if (!option) throw new QueryError(token, 'A literal is expected here.');
    assertComparable(token, left, option);
    options.push(option.of({}));
  } while (reader.accept(','));
  reader.expect(')');
  return condition((row) => options.some((option) => test(left.of(row), option)));
}

function readOperand(reader: Reader, columns: Columns): Expression {
  if (reader.accept('(')) {
    const inner = readExpression(reader, columns);
    reader.expect(')');
    return inner;
  }
  const token = reader.next();
  const found = literal(token);
  if (found) return found;
  if (token.kind !== 'name') throw new QueryError(token, 'An expression is expected here.');
  return reader.accept('(') ? readCall(reader, columns, token) : readPath(reader, columns, token);
}

function literal({ kind, text }: Token): Expression | undefined {
  if (kind === 'text') return { type: 'string', of: () => text };
  if (kind === 'number') return { type: 'number', of: () => Number(text) };
  if (kind === 'name' && /^(true|false)$/.test(text)) return condition(() => text === 'true');
  return undefined;
}

function readCall(reader: Reader, columns: Columns, token: Token): Expression {
  const call = calls.get(token.text);
  if (!call) throw new QueryError(token, `There is no function '${token.text}'.`);
  const argument = readExpression(reader, columns);
  reader.expect(')');
  return { type: call.gives, of: (row) => call.of(argument.of(row)) };
}

/** `properties.a.b`, `tags['a b']` */
function readPath(reader: Reader, columns: Columns, token: Token): Expression {
  const column = token.text;
  const type = columns.get(column);
  if (!type) throw new QueryError(token, `There is no column '${column}'.`);
  const keys: string[] = [];
  for (let part = reader.peek(); ; part = reader.peek()) {
    if (reader.accept('.')) keys.push(reader.name());
    else if (reader.accept('[')) keys.push(readKey(reader));
    else break;
    if (type !== 'dynamic') throw new QueryError(part, `The column '${column}' has no parts.`);
  }
  return { type, of: (row) => keys.reduce<unknown>(partOf, row[column]) };
}

function readKey(reader: Reader): string {
  const token = reader.next();
  if (token.kind !== 'text') throw new QueryError(token, 'A key in quotes is expected here.');
  reader.expect(']');
  return token.text;
}

function partOf(whole: unknown, key: string): unknown {
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole) || !Object.hasOwn(whole, key)) return null;
  return (whole as Record<string, unknown>)[key];
}

function condition(of: Expression['of']): Expression {
  return { type: 'bool', of };
}

function assertType(found: Expression, type: Type, token: Token): Expression {
  if (found.type === type) return found;
  throw new QueryError(token, `A value of type ${type} is expected here, not ${found.type}.`);
}

const textOperators = ['=~', 'contains', 'has', 'startswith', 'in~'];

function assertComparable(token: Token, left: Expression, right: Expression): void {
  const types = [left.type, right.type];
  const textOnly =
    textOperators.includes(token.text) && !types.every((type) => type === 'string' || type === 'dynamic');
  if (textOnly || (left.type !== right.type && !types.includes('dynamic'))) {
    throw new QueryError(token, `Values of the types ${types.join(' and ')} cannot be compared so.`);
  }
}

type Test = (left: unknown, right: unknown) => boolean;

/** Without regard of case, all but `==`, `!=` and `in` (Kusto's string operators). */
const operators: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['==', equals],
  ['!=', (left, right) => !equals(left, right)],
  ['=~', equalsIgnoringCase],
  ['contains', (left, right) => lower(left).includes(lower(right))],
  ['startswith', (left, right) => lower(left).startsWith(lower(right))],
  ['has', hasTerm],
]);

function equals(left: unknown, right: unknown): boolean {
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (typeof left === 'bigint' || typeof right === 'bigint') return asText(left) === asText(right);
  return (left ?? null) === (right ?? null);
}

function equalsIgnoringCase(left: unknown, right: unknown): boolean {
  return lower(left) === lower(right);
}

/** A whole term: what stands before and after it is no letter or digit. */
function hasTerm(left: unknown, right: unknown): boolean {
  const term = lower(right).replace(/[^a-z0-9]/g, '\\$&');
  return new RegExp(`(?<![a-z0-9])${term}(?![a-z0-9])`).test(lower(left));
}

function lower(value: unknown): string {
  return asText(value).toLowerCase();
}
