import { announcement } from '../../../lib/announcements/announcement.ts';
import { reporter } from '../../../lib/announcements/log.ts';
import { adviceFor } from '../../../lib/model/reason.ts';
import { emptyState } from '../../../lib/model/state.ts';
import { manualClock } from '../../../infra/azure-emulator/src/index.ts';
import { onDay, inspectionOf, rotation, settings, situation, target } from '../decide/situation.ts';

const time = manualClock(onDay(60));
const clock = { now: () => time.now(), monotonicMs: () => 0, sleep: (ms: number) => time.sleep(ms) };

function written(say: (write: (line: string) => void) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  say((line) => lines.push(line));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const said = announcement('Keyturn.Rotation.Held', target, emptyState, 'v1', {
  reason: 'locked',
  advice: adviceFor('locked'),
});

test.each([
  ['rotate', undefined],
  ['observe', 'true'],
] as const)('an announcement is one line, which says so where mode %s only looks', (mode, expected) => {
  const services = { clock, settings: { ...settings, mode } };
  const [line] = written((write) => void reporter(write, services).announce(said));
  expect(line).toMatchObject({ type: said.type, id: said.id, subject: said.subject, time: onDay(60).toISOString() });
  expect((line?.['data'] as Record<string, unknown>)['observed']).toBe(expected);
});

test('a decision is one line: phase, what, why and until when', () => {
  const wait = { do: 'wait', reason: 'overlap', until: onDay(61) } as const;
  const s = situation({ state: { rotation: rotation({ phase: 'revoke' }) } });
  const [line] = written((write) => {
    reporter(write, { clock, settings }).logDecision(s, wait);
  });
  const data = { phase: 'revoke', do: 'wait', reason: 'overlap', until: onDay(61).toISOString() };
  expect(line).toMatchObject({ type: 'Keyturn.Log.Decision', data });
});

test.each([
  [{ do: 'wait', reason: 'overlap', until: onDay(61) }, 'information'],
  [{ do: 'hold', reason: 'contended' }, 'information'],
  [{ do: 'leave', reason: 'not-due' }, 'information'],
  [{ do: 'wait', reason: 'service-working', until: onDay(61) }, 'debug'],
  [{ do: 'run', reason: 'going-on', phase: 'generate' }, 'debug'],
] as const)('a decision %j is of level %s', (decision, expected) => {
  const levels: string[] = [];
  reporter((_line, level) => levels.push(level), { clock, settings }).logDecision(situation({}), decision);
  expect(levels).toEqual([expected]);
});

test('promise 7: a whole snapshot may be behind a line, its keys are not in it', () => {
  const s = situation({ inspection: inspectionOf({ secondary: 's1', next: 's1' }) });
  const lines = written((write) => {
    const { logDecision, note } = reporter(write, { clock, settings });
    logDecision(s, { do: 'setState', reason: 'begun', state: s.state });
    note('start-cap', { due: '3' });
  });
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain(s.inspection.next?.value.open());
});
