import type { Consumers } from './consumers.ts';
import type { Outcome } from './outcome.ts';

/** The final table: what was rotated, and how the consumers fared. */
export function report(outcomes: readonly Outcome[], { tally }: Consumers): string {
  const rows = outcomes.map((outcome) => [
    outcome.secret,
    outcome.resource,
    outcome.live,
    String(outcome.versions),
    outcome.oldAccepted === 0 ? 'refused' : `${outcome.oldAccepted} accepted`,
    outcome.currentAccepted ? 'accepted' : 'refused',
  ]);
  const failure = tally.firstFailure === undefined ? '' : ` (the first: ${tally.firstFailure})`;
  return [
    '',
    ...table([['secret', 'resource', 'live', 'versions', 'old keys', 'current key'], ...rows]),
    '',
    `consumers: ${tally.calls} calls, ${tally.withOldKey} of them with the old key after publish, ` +
      `${tally.failed} failed${failure}`,
  ].join('\n');
}

export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [head = '', ...body] = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  return [head, widths.map((width) => '-'.repeat(width)).join('  '), ...body];
}
