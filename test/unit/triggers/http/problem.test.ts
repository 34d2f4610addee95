import { z } from 'zod';
import { pointerTo } from '../../../../lib/model/problem.ts';
import { json, problem } from '../../../../lib/triggers/http/problem.ts';

test('a problem is one of RFC 9457, and is not cached', () => {
  const answer = problem({ status: 409, title: 'No', detail: 'Because.', reason: 'paused' }, { 'Retry-After': '7' });
  expect(answer.headers).toEqual({
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    'Retry-After': '7',
  });
  expect(JSON.parse(z.string().parse(answer.body))).toEqual({
    type: 'about:blank',
    status: 409,
    title: 'No',
    detail: 'Because.',
    reason: 'paused',
  });
});

test('an answer is JSON, and is not cached', () => {
  expect(json(202, { a: 1 }, { Location: '/x' })).toMatchObject({
    status: 202,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Location: '/x' },
  });
});

test.each([
  [[], '#'],
  [['certificates', 0], '#/certificates/0'],
  [['a/b', 'm~n', ''], '#/a~1b/m~0n/'],
  [['ä b%'], '#/%C3%A4%20b%25'],
])('the place %j is the pointer %s', (path, pointer) => {
  expect(pointerTo(path)).toBe(pointer);
});
