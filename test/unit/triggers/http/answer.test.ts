import { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { OperationError } from '../../../../lib/model/operationError.ts';
import { SettingsError } from '../../../../lib/model/settingsError.ts';
import { answerRequest, type Methods } from '../../../../lib/triggers/http/answer.ts';

async function answered(methodsOf: () => Methods<undefined>, method = 'POST') {
  const reported: unknown[] = [];
  const request = new HttpRequest({ method, url: 'https://app.example/api/x' });
  const report = (error: unknown) => void reported.push(error);
  const answer = await answerRequest(request, { methodsOf, open: () => undefined, report });
  return { ...answer, reported, body: JSON.parse(z.string().parse(answer.body)) as Record<string, unknown> };
}

function throwing(error: unknown): () => Methods<undefined> {
  return () => ({
    POST: () => {
      throw error;
    },
  });
}

test('a request reaches the handler of its method', async () => {
  const handlers = { POST: () => ({ status: 202, body: '{}' }), GET: () => ({ status: 200, body: '{}' }) };
  expect((await answered(() => handlers)).status).toBe(202);
  expect((await answered(() => handlers, 'GET')).status).toBe(200);
});

test('a method that is not served is 405, and the answer says which is', async () => {
  const answer = await answered(() => ({ POST: () => ({}), GET: () => ({}) }), 'DELETE');
  expect(answer).toMatchObject({ status: 405, headers: { Allow: 'POST, GET' }, reported: [] });
});

const secret = 'AccountKey=a2V5';

test.each([
  ['an error', new Error(secret)],
  ['an error of another realm', Object.assign(Object.create(null) as object, { message: secret })],
  ['a word', secret],
  ['nothing', undefined],
])('a handler that throws %s is answered 500, without what it threw', async (_sentence, error) => {
  const answer = await answered(throwing(error));
  expect(answer).toMatchObject({ status: 500, body: { reason: 'internal' }, reported: [error] });
  expect(answer.headers).toMatchObject({ 'Content-Type': 'application/problem+json' });
  expect(JSON.stringify(answer.body)).not.toContain(secret);
});

test('a handler that rejects, and methods that cannot be found, are answered 500', async () => {
  expect((await answered(() => ({ POST: () => Promise.reject(new Error()) }))).status).toBe(500);
  expect(
    (
      await answered(() => {
        throw new Error();
      })
    ).status,
  ).toBe(500);
});

test('a failed operation is answered 503 with its reason', async () => {
  const answer = await answered(throwing(new OperationError('firewall', { code: 'ForbiddenByFirewall' })));
  expect(answer).toMatchObject({ status: 503, body: { reason: 'firewall' }, reported: [] });
  expect(answer.headers).toHaveProperty('Retry-After');
});

test('wrong settings are answered 503 with their names, never with a value', async () => {
  const problems = [`KEYTURN_LEAD: should be a duration, is "${secret}"`, 'KEYTURN_X: no such setting'];
  const answer = await answered(throwing(new SettingsError([...problems, 'KEYTURN_LEAD: and again'])));
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ reason: 'bad-settings', settings: ['KEYTURN_LEAD', 'KEYTURN_X'] });
  expect(JSON.stringify(answer.body)).not.toContain(secret);
});
