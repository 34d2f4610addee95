import { brokenPromises, formatDuration, keysReport, storiesReport } from '../../../infra/demo/report.ts';

const times = { startedBy: 'one event', deliveries: 2, publishedAfterMs: 43, completedAfterMs: 3_149 };

test('stories that keep their promises are no problem', () => {
  expect(brokenPromises([{ title: 'expiry', promises: { 'no call fails': true } }])).toBeUndefined();
});

test('every broken promise is reported with its story', () => {
  const stories = [
    { title: 'expiry', promises: { 'it is met': true } },
    { title: 'notice', promises: { 'no call fails': false, 'it is met': false } },
    { title: 'leak', promises: { 'it ends': false } },
  ];
  expect(brokenPromises(stories)).toBe('Not so: notice: no call fails; notice: it is met; leak: it ends.');
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [61_250, '61.3 s'],
])('%d ms is formatted as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  ['the number of failed calls', 7, '7'],
  ['a dash where nothing calls', undefined, '–'],
])('the table has a row for each story, with %s', (_sentence, failedCalls, cell) => {
  const row = storiesReport([{ title: 'near expiry', promises: {}, ...times, failedCalls }])
    .split('\n')
    .at(-1);
  expect(row?.split(/ {2,}/)).toEqual(['near expiry', 'one event', '43 ms', '3.1 s', '2', cell]);
});

test('the sum of the calls names the consumers that it counts', () => {
  const report = keysReport([], { calls: 9, callsWithOldKey: 2, failed: 1, firstFailure: '403' });
  expect(report).toContain('Consumers of these two keys: 9 calls, 2 with the old key after it was replaced, 1 failed');
});

test('the column of failed calls says how long calls may fail', () => {
  expect(storiesReport([])).toContain('failed calls until repair');
});
