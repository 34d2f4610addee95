import { bill, month, prices } from './costModel.ts';
import { services, sum } from './callCounts.ts';
import { document, tableUnder, tablesIn } from './markdown.ts';
import { kinds, measureKind, measureRestingTargets, type Kind, type MeasuredKind } from './measuredKinds.ts';

jest.setTimeout(120_000);

const text = document('docs/costs.md');
const sizes = [100, 1_000, 10_000];
const all = new Map<Kind, MeasuredKind>();

beforeAll(async () => {
  for (const kind of kinds) all.set(kind, await measureKind(kind));
});

function of(kind: Kind): MeasuredKind {
  const found = all.get(kind);
  if (!found) throw new Error(`${kind} was not played.`);
  return found;
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
/** Services that a single target calls; only sweeps call Resource Graph. */
const ofOne = services.filter((service) => service !== 'resource graph');

test('each measured rotation completed', () => {
  expect(kinds.map((kind) => of(kind).phase)).toEqual(kinds.map(() => 'idle'));
  expect(kinds.filter((kind) => of(kind).rotation['key vault'] < 7)).toEqual([]);
});

test.each([
  ['A target at rest, a day', 'rest'],
  ['A rotation', 'rotation'],
] as const)('the table "%s" has the measured calls', (heading, what) => {
  const rows = kinds.map((kind) => [`\`${kind}\``, ...ofOne.map((service) => whole.format(of(kind)[what][service]))]);
  expect(tableUnder(text, heading)).toEqual(rows);
});

test('the table of the timers has the measured calls', () => {
  const { quiet, busy } = of('batch-key');
  const rows = services.map((service) => [service, whole.format(quiet[service]), whole.format(busy[service])]);
  expect(tableUnder(text, 'The timers, a day')).toEqual(rows.filter(([, , most]) => most !== '0'));
});

test('a hundred targets at rest need a hundred times the calls of one, and the timers four pages', async () => {
  const { rest, quiet } = of('batch-key');
  const expected = sum(sum(quiet, { ...quiet, executions: 0, storage: 0, 'resource graph': 0 }, 3), rest, 100);
  const counted = await measureRestingTargets(100);
  expect(counted).toEqual(expected);
});

test('the table of a month follows from the measured calls', () => {
  const months = sizes.map((size) => month(size, of('batch-key')));
  const rows = services.map((service) => [service, ...months.map((counts) => whole.format(counts[service]))]);
  expect(tableUnder(text, 'A month of calls')).toEqual(rows);
});

test('the table of the costs of a month follows from the calls and the prices', () => {
  const lows = sizes.map((size) => bill(size, of('batch-key'), prices.low));
  const highs = sizes.map((size) => bill(size, of('batch-key'), prices.high));
  const ranges = (service: string) => sizes.map((_, i) => range(lows[i]?.[service] ?? NaN, highs[i]?.[service] ?? NaN));
  const totals = sizes.map((_, i) => range(total(lows[i]), total(highs[i])));
  const rows = Object.keys(lows[0] ?? {}).map((service) => [service, ...ranges(service)]);
  expect(tableUnder(text, 'A month of money')).toEqual([...rows, ['all', ...totals]]);
});

test('the page has the assumptions', () => {
  const written =
    (tablesIn(text).at(-1) ?? [])
      .join(' ')
      .replaceAll(',', '')
      .match(/\d+(\.\d+)?/g) ?? [];
  const numbers = new Set(written.map(Number));
  const { listPageSeconds: low, ...cheap } = prices.low;
  const { listPageSeconds: high, ...dear } = prices.high;
  const assumed = [...Object.values(cheap), ...Object.values(dear)].filter((price) => price > 0);
  expect(assumed.filter((price) => !numbers.has(price))).toEqual([]);
  expect(text).toContain(`in ${low * 1_000} ms`);
  expect(text).toContain(`takes ${high * 1_000} ms`);
});

function total(parts: Record<string, number> = {}): number {
  return Object.values(parts).reduce((a, app) => a + app, 0);
}

function range(low: number, high: number): string {
  const [from, to] = [dollars(low), dollars(high)];
  return from === to ? from : `${from} to ${to}`;
}

function dollars(amount: number): string {
  return amount < 10 ? amount.toFixed(2) : whole.format(amount);
}
