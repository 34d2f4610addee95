import { decide } from '../../../lib/decide/rules.ts';
import { hour, later, minute, second } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import type { Wait } from '../../../lib/model/state.ts';
import {
  onDay,
  newBinding,
  inspectionOf,
  keyFingerprint,
  rotation,
  situation,
  summaryOf,
  type Overrides,
} from './situation.ts';

const now = onDay(30); // not due
const refused = { cause: 'schedule', liveRefused: 'surely' } as const;

function waited(ms: number, reason: Reason = 'live-refused'): { readonly wait: Wait } {
  return { wait: { reason, since: later(now, -ms), until: now } };
}

function asked(different: Overrides = {}) {
  return decide(situation({ now, request: refused, ...different }));
}

const once = { state: waited(minute) };
const revoke = rotation({ phase: 'revoke', toRevoke: [keyFingerprint('s0')] });
const inRevoke = { state: { ...once.state, rotation: revoke } };
const replacing = { state: { ...once.state, rotation: rotation() } };

const rows: [sentence: string, different: Overrides, decision: string][] = [
  ['the first refusal waits', {}, 'wait live-refused'],
  ['a refusal within the minute waits', { state: waited(minute - second) }, 'wait live-refused'],
  ['a refusal a minute later rotates', once, 'setState repairing'],
  ['whatever was waited for before does not count', { state: waited(hour, 'outage') }, 'wait live-refused'],
  ['due or not', { ...once, now: onDay(60) }, 'setState repairing'],
  ['a validity too short does not matter', { ...once, options: { validityMs: 25 * hour } }, 'setState repairing'],
  [
    'promise 2: within the overlap it waits',
    { ...once, secret: { createdOn: later(now, -hour) } },
    'wait live-refused',
  ],
  [
    'a guard is waited for',
    { state: { ...once.state, guard: { reason: 'restored', until: onDay(31) } } },
    'wait live-refused',
  ],
  ['R4: a request under way is waited for', { ...once, requestInFlight: { until: onDay(31) } }, 'wait live-refused'],
  [
    'in the overlap of a rotation it waits',
    { ...inRevoke, secret: { createdOn: later(now, -hour) } },
    'wait live-refused',
  ],
  ['after the overlap of a rotation the old one is made anew', inRevoke, 'setState repairing'],
  ['in a rotation, the first refusal waits', { state: { rotation: revoke } }, 'wait live-refused'],
  [
    'R16: an unsure refusal makes nothing anew',
    { ...inRevoke, request: { cause: 'schedule', liveRefused: 'alone' } },
    'wait live-refused',
  ],
  ['in a rotation that replaces it already it goes on', replacing, 'run generate going-on'],
  [
    'in a rotation that publishes it goes on',
    { state: { ...once.state, rotation: rotation({ phase: 'publish' }) } },
    'run generate going-on',
  ],
  ['paused it rests', { ...once, options: { paused: true } }, 'leave paused'],
  ['held it rests', { state: { ...once.state, held: 'proof-refused' } }, 'leave proof-refused'],
  ['frozen it rests', { ...once, settings: { frozenPhases: new Set(['generate'] as const) } }, 'leave frozen'],
  ['a dead value is repaired', { ...once, inspection: inspectionOf({ primary: 'p1' }) }, 'setState repairing'],
];

test.each(rows)('a live key that the service refuses: %s', (_sentence, different, decision) => {
  expect(summaryOf(asked(different))).toBe(decision);
});

test.each([
  ['the first refusal waits a minute', {}, later(now, minute)],
  ['so does one after another wait', { state: waited(hour, 'outage') }, later(now, minute)],
  ['a refusal within the minute waits a minute', { state: waited(minute - second) }, later(now, minute)],
  [
    'R16: an unsure refusal that lasts is looked at in an hour',
    { ...once, request: { cause: 'schedule', liveRefused: 'alone' } },
    later(now, hour),
  ],
  [
    'within the overlap it waits for its end',
    { ...once, secret: { createdOn: later(now, -hour) } },
    later(now, 24 * hour),
  ],
  ['in a rotation it waits an hour', { ...inRevoke, secret: { createdOn: later(now, -hour) } }, later(now, hour)],
] as const)('%s', (_sentence, different, until) => {
  expect(asked(different)).toMatchObject({ until });
});

test('both keys go: the standby is made anew and published, then the refused one ends', () => {
  const toRevoke = [keyFingerprint('p0'), keyFingerprint('s0')];
  expect(asked(once)).toMatchObject({
    state: { rotation: { phase: 'generate', cause: 'drift', toRevoke, start: now } },
  });
});

test('in a rotation both keys go from now on, only keys made from now on are published, and it is still the same', () => {
  const toRevoke = [keyFingerprint('p0'), keyFingerprint('s0')];
  const state = {
    stateBinding: newBinding(),
    rotation: { ...revoke, cause: 'drift', phase: 'generate', toRevoke },
  };
  expect(asked(inRevoke)).toMatchObject({ state });
  expect(asked(inRevoke)).not.toHaveProperty('state.wait');
});

const drift = { cause: 'drift' } as const;

test.each([
  ['the rotation that is due (R50)', { now: onDay(60) }, 'setState begun'],
  ['nothing that is not', { now: onDay(30) }, 'leave not-due'],
  ['a repair of a dead value', { now: onDay(30), inspection: inspectionOf({ primary: 'p1' }) }, 'setState repairing'],
  ['the going on of what is under way', { now: onDay(60), state: { rotation: rotation() } }, 'run generate going-on'],
  ['the end of a wait', { now: onDay(30), state: waited(hour, 'outage') }, 'leave not-due'],
])('a visit for a regenerated key begins %s', (_sentence, different: Overrides, decision) => {
  expect(summaryOf(decide(situation({ request: drift, ...different })))).toBe(decision);
});
