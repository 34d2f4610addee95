import type { Tally } from './consumers.ts';
import type { Outcome } from './outcome.ts';
import type { StoryResult } from './stories/story.ts';

/** Formats how the access keys were rotated and how their consumers fared. */
export function keysReport(outcomes: readonly Outcome[], tally: Tally): string {
  const head = ['secret', 'resource', 'live key', 'versions', 'old keys', 'current key'];
  const rows = outcomes.map(({ secret, resource, live, versions, oldAccepted, currentAccepted }) => [
    ...[secret, resource, live, String(versions)],
    oldAccepted === 0 ? 'refused' : `${oldAccepted} accepted`,
    currentAccepted ? 'accepted' : 'refused',
  ]);
  const first = tally.firstFailure === undefined ? '' : ` (first: ${tally.firstFailure})`;
  const calls = `${tally.calls} calls, ${tally.callsWithOldKey} with the old key after it was replaced`;
  return [
    '',
    ...table([head, ...rows]),
    '',
    `Consumers of these two keys: ${calls}, ${tally.failed} failed${first}.`,
  ].join('\n');
}

/** Formats one row for each story, with the time from its cause to the new version and to the end. */
export function storiesReport(results: readonly StoryResult[]): string {
  const head = ['story', 'started by', 'published after', 'completed after', 'events', 'failed calls until repair'];
  const rows = results.map(({ title, startedBy, publishedAfterMs, completedAfterMs, deliveries, failedCalls }) => [
    ...[title, startedBy, formatDuration(publishedAfterMs), formatDuration(completedAfterMs)],
    ...[String(deliveries), String(failedCalls ?? '–')],
  ]);
  return ['', ...table([head, ...rows])].join('\n');
}

/** Returns a sentence about every promise that was broken. */
export function brokenPromises(results: readonly Pick<StoryResult, 'title' | 'promises'>[]): string | undefined {
  const broken = results.flatMap(({ title, promises }) =>
    Object.entries(promises).flatMap(([promise, isKept]) => (isKept ? [] : [`${title}: ${promise}`])),
  );
  return broken.length > 0 ? `Not so: ${broken.join('; ')}.` : undefined;
}

export function formatDuration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [head = '', ...body] = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [head, widths.map((width) => '-'.repeat(width)).join('  '), ...body];
}
