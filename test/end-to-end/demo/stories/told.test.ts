import { complaintAbout, spanOf, tableOf } from '../../../../infra/demo/stories/told.ts';

const kept = { title: 'near expiry', wrong: [] };
const times = { by: 'one event', deliveries: 2, toPublishedMs: 43, toCompletedMs: 3_149 };

test('stories whose promises are kept give no cause to complain', () => {
  expect(complaintAbout([kept])).toBeUndefined();
});

test('every broken promise is named with its story', () => {
  const stories = [kept, { title: 'notice', wrong: ['no call fails', 'it is met'] }, { title: 'leak', wrong: ['so'] }];
  expect(complaintAbout(stories)).toBe('Not so: notice: no call fails; notice: it is met; leak: so.');
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [61_250, '61.3 s'],
])('a span of %d ms is told as %s', (ms, text) => {
  expect(spanOf(ms)).toBe(text);
});

test.each([
  ['as many calls as failed', 7, '7'],
  ['nothing where nobody calls', undefined, '–'],
])('the table has a row for each story, with %s', (_sentence, failedCalls, cell) => {
  const row = tableOf([{ ...kept, ...times, failedCalls }])
    .split('\n')
    .at(-1);
  expect(row?.trim().split(/ {2,}/)).toEqual(['near expiry', 'one event', '43 ms', '3.1 s', '2', cell]);
});
