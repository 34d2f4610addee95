import { createAppLog } from '../../../infra/demo/appLog.ts';

function printed(...lines: unknown[]): string[] {
  const sentences: string[] = [];
  const log = createAppLog((about, sentence) => sentences.push(`${about} ${sentence}`.trim()));
  for (const line of lines) log.add(typeof line === 'string' ? line : JSON.stringify(line));
  return sentences;
}

function announcement(name: string, data: object, subject = 'https://v/secrets/batch-key'): object {
  return { type: `Keyturn.${name}`, time: '2026-01-01T00:00:00Z', subject, data };
}

const overlapWait = { do: 'wait', reason: 'overlap', until: '2026-01-01T00:00:08Z' };

test.each([
  [
    'an announcement is printed with its cause and reason',
    announcement('Rotation.Started', {
      cause: 'schedule',
      reason: 'begun',
      credentialId: 'Secondary',
      advice: 'None.',
    }),
    ['batch-key STARTED Secondary (schedule, begun)'],
  ],
  [
    'the words of a type are separated',
    announcement('Rotation.CredentialPublished', {}),
    ['batch-key CREDENTIAL PUBLISHED'],
  ],
  [
    'a wait is printed with its end and its reason',
    announcement('Log.Decision', overlapWait),
    ['batch-key waits until 2026-01-01 00:00:08: overlap'],
  ],
  [
    'a phase that runs is printed',
    announcement('Log.Decision', { do: 'run', phase: 'verify' }),
    ['batch-key phase verify'],
  ],
  [
    'the evidence that a credential is in use is printed',
    announcement('Rotation.Completed', { reason: 'completed', evidence: 'seen-on-nodes' }),
    ['batch-key COMPLETED (completed, seen-on-nodes)'],
  ],
  [
    'a held target is printed with the code of the service and the advice',
    announcement('Rotation.Held', { code: 'X', advice: 'Remove the lock.' }),
    ['batch-key HELD [X] Remove the lock.'],
  ],
  [
    'an announcement of observe mode is marked',
    announcement('Target.Adopted', { reason: 'adopted', observed: 'true' }),
    ['batch-key WOULD BE ADOPTED (adopted)'],
  ],
  [
    'another decision is printed by its name',
    announcement('Log.Decision', { do: 'fixTag', reason: 'tag-corrected' }),
    ['batch-key fixTag: tag-corrected'],
  ],
  ['a decision that is announced is not printed', announcement('Log.Decision', { do: 'adopt' }), []],
  ['a target that is not due is not printed', announcement('Log.Decision', { do: 'leave', reason: 'not-due' }), []],
  ['other JSON is not printed', { level: 'info' }, []],
  ['a line that is not JSON is printed as it is', 'listening', ['listening']],
  [
    'an event that is to be delivered again is not printed as a failure',
    "Function 'keyVaultEvents' failed: Redeliver: busy",
    ['an event for keyVaultEvents is refused for now: busy'],
  ],
])('%s', (_sentence, line, sentences) => {
  expect(printed(line)).toEqual(sentences);
});

test('the end of a wait has no date if it is today', () => {
  const until = `${new Date().toISOString().slice(0, 10)}T23:59:59.900Z`;
  expect(printed(announcement('Log.Decision', { ...overlapWait, until }))[0]).toMatch(/until 23:59:59:/);
});

test('the last sentence about a secret is not repeated, whatever is printed about others', () => {
  const wait = announcement('Log.Decision', overlapWait);
  const other = announcement('Log.Decision', overlapWait, 'https://v/secrets/other');
  expect(printed(wait, other, wait, other)).toHaveLength(2);
});

test('a phase that runs again is printed once', () => {
  const phase = announcement('Log.Decision', { do: 'run', phase: 'generate' });
  expect(printed(phase, announcement('Rotation.Started', {}), phase)).toHaveLength(2);
});

test('an announcement that is repeated under its id is printed once', () => {
  const adopted = { ...announcement('Target.Adopted', { reason: 'adopted' }), id: 'a' };
  expect(printed(adopted, announcement('Log.Decision', overlapWait), adopted)).toHaveLength(2);
});
