import { notAllowed } from '../../../../lib/app.ts';
import { z } from 'zod';
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

test('a method that is not served is 405, and it is said which is', () => {
  expect(notAllowed('POST')).toMatchObject({ status: 405, headers: { Allow: 'POST' } });
});
