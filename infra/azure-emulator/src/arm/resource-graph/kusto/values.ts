export type Type = 'string' | 'number' | 'bool' | 'datetime' | 'dynamic';
export type Row = Readonly<Record<string, unknown>>;
export type Columns = ReadonlyMap<string, Type>;

/** An expression of a query, ready to be asked of each row. */
export interface Expression {
  readonly type: Type;
  of(row: Row): unknown;
}

/** As `tostring`: nothing is the empty string, what has parts is its JSON. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What an answer shows of a value. */
export function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'bigint' ? Number(value) : (value ?? null);
}

const ticksPerMs = 10_000n;
const epochTicks = 621_355_968_000_000_000n;

/** 100 ns since the year 1: what a time is as a whole number. */
export function ticksOf(time: Date): bigint {
  return BigInt(time.getTime()) * ticksPerMs + epochTicks;
}

export function asTime(value: unknown): Date | null {
  if (typeof value === 'bigint') return new Date(Number((value - epochTicks) / ticksPerMs));
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}

export function asWhole(value: unknown): bigint | null {
  const text = asText(value);
  return /^\d+$/.test(text) ? BigInt(text) : null;
}
