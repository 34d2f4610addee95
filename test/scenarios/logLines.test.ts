import { logOfQuietRotation, type LogLine } from '../support/logLines.ts';

let lines: readonly LogLine[];

beforeAll(async () => {
  lines = await logOfQuietRotation();
});

test('of a quiet rotation the log keeps its announcements, and the decision with which a visit waits', () => {
  const kept = lines.filter(({ level }) => level !== 'debug').map(({ type }) => type);
  expect(kept).toEqual([
    ...['Target.Adopted', 'Rotation.Started', 'Log.Decision'],
    ...['Rotation.CredentialPublished', 'Rotation.Completed'],
  ]);
});

test('the other decisions are written at Debug', () => {
  const details = lines.filter(({ level }) => level === 'debug');
  expect(details.length).toBeGreaterThan(5);
  expect(new Set(details.map(({ type }) => type))).toEqual(new Set(['Log.Decision']));
});
