import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline';
import { Sealed } from '../../../lib/model/sealed.ts';
import { sendProbe, proveKey, type ProbeAnswer } from '../../../lib/providers/proof.ts';

const accepted: ProbeAnswer = { is: 'accepted' };
const refused: ProbeAnswer = { is: 'refused', code: 'AuthenticationFailed' };
const unclear: ProbeAnswer = { is: 'unclear', code: 'HTTP403' };

interface Given {
  readonly next: ProbeAnswer;
  readonly random?: ProbeAnswer;
  readonly live?: ProbeAnswer;
}

const rows: [sentence: string, given: Given, is: string][] = [
  ['good where it is accepted and a random key is refused', { next: accepted, random: refused }, 'valid'],
  ['unknown where a random key is accepted too, as by health', { next: accepted, random: accepted }, 'unknown'],
  ['unknown where nothing can be said of a random key', { next: accepted, random: unclear }, 'unknown'],
  ['bad where it is refused and the live key is accepted', { next: refused, live: accepted }, 'invalid'],
  ['unknown where the live key is refused too', { next: refused, live: refused }, 'unknown'],
  ['unknown where nothing can be said of the live key', { next: refused, live: unclear }, 'unknown'],
  ['bad where it is refused and there is no live key to compare', { next: refused }, 'invalid'],
  ['unknown where no key was looked at, as behind a firewall', { next: unclear, live: accepted }, 'unknown'],
];

test.each(rows)('promise 3: a key is %s', async (_sentence, { next, random, live }, is) => {
  const answers = new Map([
    ['next', next],
    ['random', random],
    ['live', live],
  ]);
  const probe = (key: string) => Promise.resolve(answers.get(key) ?? unclear);
  const control = live && new Sealed('live');
  expect(await proveKey(probe, 'random', new Sealed('next'), control)).toMatchObject({ is });
});

test('a missing answer is unclear, and only its code is kept', async () => {
  const failing = {
    sendRequest: () => Promise.reject(Object.assign(new Error('AccessKey=abc'), { code: 'ECONNREFUSED' })),
  };
  const request = { method: 'GET' as const, url: 'https://nowhere.example', headers: {} };
  expect(await sendProbe(failing, request, () => accepted)).toEqual({ is: 'unclear', code: 'ECONNREFUSED' });
});

test('a proof is one request', async () => {
  const sent: PipelineRequest[] = [];
  const http = {
    sendRequest: (request: PipelineRequest) => {
      sent.push(request);
      return Promise.resolve({ request, status: 200, headers: createHttpHeaders() });
    },
  };
  const request = { method: 'GET' as const, url: 'https://a.example', headers: { Authorization: 'x' } };
  expect(await sendProbe(http, request, ({ status }) => (status === 200 ? accepted : unclear))).toEqual(accepted);
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['x']);
});
