import type { Announcement } from '../../../lib/announcements/announcement.ts';
import { announcementsFor } from '../../../lib/announcements/transitions.ts';
import { hour, later } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import type { State, Wait } from '../../../lib/model/state.ts';
import { onDay, newBinding, inspectionOf, rotation, situation, type Overrides } from '../decide/situation.ts';

const idle: State = { refusals: 0, stateBinding: newBinding() };
const now = onDay(60);

function waiting(reason: Reason, more: Partial<Wait> = {}): State {
  return { ...idle, wait: { reason, since: now, until: later(now, 30_000), ...more } };
}

function announcementsOf(savedState: State, state: State): readonly Announcement[] {
  return announcementsFor({ ...situation(), savedState, state });
}

const running: State = { ...idle, rotation: rotation() };
const verifying: State = { ...idle, rotation: rotation({ phase: 'verify' }) };
const revoking: State = { ...idle, rotation: rotation({ phase: 'revoke' }) };

const rows: [sentence: string, saved: State, state: State, announced: string[]][] = [
  ['a rotation that begins', idle, running, ['Keyturn.Rotation.Started begun']],
  [
    'another that begins in its stead',
    running,
    { ...idle, rotation: rotation({ start: now }) },
    ['Keyturn.Rotation.Started begun'],
  ],
  ['verify that is left', verifying, revoking, ['Keyturn.Rotation.CredentialPublished published']],
  [
    'verify that is left for rest, as by a repair that ends nothing',
    verifying,
    idle,
    ['Keyturn.Rotation.CredentialPublished published', 'Keyturn.Rotation.Completed completed'],
  ],
  ['a rotation that is over', revoking, idle, ['Keyturn.Rotation.Completed completed']],
  ['a hold', running, { ...running, held: 'proof-refused' }, ['Keyturn.Rotation.Held proof-refused']],
  ['a failure that passes', idle, waiting('throttled'), ['Keyturn.Rotation.Failed throttled']],
  ['what needs a person', idle, waiting('locked'), ['Keyturn.Rotation.Held locked']],
  ['another reason to wait', waiting('throttled'), waiting('locked'), ['Keyturn.Rotation.Held locked']],
  [
    'what lasts for a day',
    waiting('locked'),
    waiting('locked', { announcedStuck: true }),
    ['Keyturn.Rotation.Stuck locked'],
  ],
  ['the same wait once more', waiting('locked'), waiting('locked', { until: onDay(61) }), []],
  ['an ordinary wait', idle, waiting('overlap'), []],
  ['consumers that are looked at', idle, waiting('consumers-moving'), []],
  ['consumers that hold the end up', idle, waiting('consumers-behind'), ['Keyturn.Rotation.Held consumers-behind']],
  ['a guard', running, { ...running, guard: { reason: 'restored', until: now } }, ['Keyturn.Rotation.Held restored']],
  ['a deadline that hurries it', running, { ...idle, rotation: rotation({ deadline: now }) }, []],
  ['the same hold once more', { ...running, held: 'contended' }, { ...running, held: 'contended' }, []],
  ['nothing new', running, running, []],
];

test.each(rows)('%s is announced', (_sentence, savedState, state, announced) => {
  expect(announcementsOf(savedState, state).map(({ type, data }) => `${type} ${data['reason'] ?? ''}`)).toEqual(
    announced,
  );
});

test('adoption tells which credential will be regenerated first, and from when', () => {
  const guard = { reason: 'adoption-grace', until: onDay(61) } as const;
  const { claim: _, ...unclaimed } = situation();
  const [adopted] = announcementsFor({
    ...unclaimed,
    claim: undefined,
    savedState: { refusals: 0 },
    state: { ...idle, guard },
  });
  const until = onDay(61).toISOString();
  expect(adopted).toMatchObject({ type: 'Keyturn.Target.Adopted', data: { credentialId: 'Secondary', until } });
});

test('the same thing said twice has the same id; anything else has another', () => {
  const ids = rows.flatMap(([, savedState, state]) => announcementsOf(savedState, state)).map(({ id }) => id);
  const again = rows.flatMap(([, savedState, state]) => announcementsOf(savedState, state)).map(({ id }) => id);
  expect(again).toEqual(ids);
  const [first] = announcementsOf(idle, running);
  const [second] = announcementsOf(idle, { ...idle, rotation: rotation({ start: now }) });
  expect(first?.id).not.toBe(second?.id);
});

test('every announcement carries its advice, and no more than ids, words and times', () => {
  for (const { data, subject } of rows.flatMap(([, savedState, state]) => announcementsOf(savedState, state))) {
    expect(data['advice']).toMatch(/\.$/);
    expect(subject).toBe('https://kv.vault.azure.net/secrets/batch-key');
    const { value } = inspectionOf().secretCredential;
    expect(JSON.stringify(data)).not.toContain(value.open());
  }
});

test('the service’s code is announced with its text', () => {
  const [announced] = announcementsOf(idle, waiting('locked', { code: 'ScopeLocked' }));
  expect(announced?.data['code']).toBe('ScopeLocked');
});

const hourly: Overrides = { secret: { createdOn: later(now, -hour) } };

/** Returns the announcement at the end of verify, when revoke may begin at `until`. */
function publishedUntil(until: Date, deadline?: Date): Announcement | undefined {
  const wait = { reason: 'overlap', since: now, until } as const;
  const state: State = { ...idle, rotation: rotation({ phase: 'revoke', ...(deadline && { deadline }) }), wait };
  return announcementsFor({ ...situation(hourly), savedState: verifying, state })[0];
}

test.each([
  ['a whole overlap', onDay(60, 24), undefined, 'published'],
  ['a whole overlap in spite of a deadline', onDay(60, 24), onDay(70), 'published'],
  ['less than the overlap because of a deadline', onDay(60, 23), onDay(61), 'overlap-shortened'],
  ['less than the overlap because of an emergency', onDay(60, 23), undefined, 'published'],
])('the announcement for consumers that get %s says until when', (_sentence, until, deadline, reason) => {
  const data = { reason, credentialId: 'Primary', until: until.toISOString() };
  expect(publishedUntil(until, deadline)).toMatchObject({ type: 'Keyturn.Rotation.CredentialPublished', data });
});

test('consumers that are not seen on the new version are named, twenty at most', () => {
  const behind = Array.from({ length: 30 }, (_, i) => `/apps/${i}`);
  const names = behind.slice(0, 20).join(' ');
  const consumers = { known: 40, behind, withoutReference: [] };
  const waits = announcementsFor({ ...situation(), savedState: idle, state: waiting('consumers-behind'), consumers });
  const over = announcementsFor({ ...situation(), savedState: revoking, state: idle, consumers });
  expect([...waits, ...over].map(({ data }) => data['behind'])).toEqual([names, names]);
});

test.each([
  ['none is behind', { known: 2, behind: [], withoutReference: [] }],
  ['none is known', { known: 0, behind: [], withoutReference: [] }],
  ['no inspection', undefined],
])('no consumer is named where %s', (_sentence, consumers) => {
  const [completed] = announcementsFor({
    ...situation(),
    savedState: revoking,
    state: idle,
    ...(consumers && { consumers }),
  });
  expect(completed?.data).not.toHaveProperty('behind');
});

test('a repair that ends nothing is announced with its cause and its start, until its end', () => {
  const repairing = { ...idle, rotation: rotation({ phase: 'verify', cause: 'drift' }) };
  const announced = announcementsOf(repairing, idle).map(({ data: { phase, cause, start } }) => [phase, cause, start]);
  expect(announced).toEqual(Array(2).fill(['verify', 'drift', onDay(59).toISOString()]));
});
