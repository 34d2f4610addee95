import { narrator } from '../../../infra/demo/narrate.ts';

function told(...lines: unknown[]): string[] {
  const sentences: string[] = [];
  const { hear } = narrator((sentence) => sentences.push(sentence.replaceAll(/ +/g, ' ')));
  for (const line of lines) hear(typeof line === 'string' ? line : JSON.stringify(line));
  return sentences;
}

function announcement(name: string, data: object, subject = 'https://v/secrets/batch-key'): object {
  return { type: `Keyturn.${name}`, time: '2026-01-01T00:00:00Z', subject, data };
}

const overlapWait = { do: 'wait', reason: 'overlap', until: '2026-01-01T00:00:08Z' };

test.each([
  [
    'an announcement is told with its cause and reason',
    announcement('Rotation.Started', {
      cause: 'schedule',
      reason: 'begun',
      credentialId: 'Secondary',
      advice: 'None.',
    }),
    ['batch-key STARTED Secondary (schedule, begun)'],
  ],
  [
    'words of a type are told apart',
    announcement('Rotation.CredentialPublished', {}),
    ['batch-key CREDENTIAL PUBLISHED'],
  ],
  [
    'a wait is told with what is waited for and until when',
    announcement('Log.Decision', overlapWait),
    ['batch-key waits: overlap until 2026-01-01 00:00:08'],
  ],
  ['a phase that runs is told', announcement('Log.Decision', { do: 'run', phase: 'verify' }), ['batch-key verify']],
  [
    'what it rests on that a credential is in use is told',
    announcement('Rotation.Completed', { reason: 'completed', evidence: 'seen-on-nodes' }),
    ['batch-key COMPLETED (completed, seen-on-nodes)'],
  ],
  [
    'what is held is told with the code of the service and the advice',
    announcement('Rotation.Held', { code: 'X', advice: 'Remove the lock.' }),
    ['batch-key HELD [X] Remove the lock.'],
  ],
  [
    'another decision is told by its name',
    announcement('Log.Decision', { do: 'correct', reason: 'tag-corrected' }),
    ['batch-key correct: tag-corrected'],
  ],
  ['a decision that is announced is not told too', announcement('Log.Decision', { do: 'adopt' }), []],
  ['other JSON is not told', { level: 'info' }, []],
  ['a line that is no JSON is told as it is', 'listening', ['listening']],
])('%s', (_sentence, line, sentences) => {
  expect(told(line)).toEqual(sentences);
});

test('of a wait that ends today the time is enough', () => {
  const until = `${new Date().toISOString().slice(0, 10)}T23:59:59.900Z`;
  expect(told(announcement('Log.Decision', { ...overlapWait, until }))[0]).toMatch(/until 23:59:59$/);
});

test('what was told of a secret last is not told again, what another says does not matter', () => {
  const wait = announcement('Log.Decision', overlapWait);
  const other = announcement('Log.Decision', overlapWait, 'https://v/secrets/other');
  expect(told(wait, other, wait, other)).toHaveLength(2);
});

test('what is announced again under its id is told once', () => {
  const adopted = { ...announcement('Target.Adopted', { reason: 'adopted' }), id: 'a' };
  expect(told(adopted, announcement('Log.Decision', overlapWait), adopted)).toHaveLength(2);
});
