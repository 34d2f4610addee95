import { needsConsumers, needsUrgentRefresh } from '../../../lib/decide/consumers.ts';
import { decide } from '../../../lib/decide/rules.ts';
import { hour, later, minute, second } from '../../../lib/model/clock.ts';
import { causes, type Rotation } from '../../../lib/model/state.ts';
import { claim, firstDay, onDay, inspectionOf, rotation, situation, summaryOf, type Overrides } from './situation.ts';

const now = onDay(60);
const none = { known: 0, behind: [], withoutReference: [] };
const seen = { known: 2, behind: [], withoutReference: [] };
const some = { known: 2, behind: ['/apps/a'], withoutReference: [] };
const unseen = { known: 2, behind: [], withoutReference: ['/apps/a'] };
const waits = { consumers: 'wait' } as const;
const immediate = { cause: 'emergency', mode: 'immediate' } as const;
const deadline = later(now, hour);

function revoking(agedMs: number, more: Partial<Rotation> = {}, different: Overrides = {}): Overrides {
  const secret = { createdOn: later(now, -agedMs) };
  const state = { rotation: rotation({ phase: 'revoke', ...more }) };
  return {
    taggedId: 'Secondary',
    inspection: inspectionOf({ secondary: 's1', inSecret: 's1' }),
    secret,
    state,
    ...different,
  };
}

/** An immediate emergency that has begun just now, for a version of this age. */
function beforePublish(agedMs: number, more: Partial<Rotation> = {}): Overrides {
  const state = { rotation: rotation({ ...immediate, start: now, ...more }) };
  return { ...revoking(agedMs), inspection: inspectionOf(), taggedId: 'Primary', state };
}

const paused = { options: { paused: true } };

function frozen(phase: 'verify' | 'revoke'): Overrides {
  return { settings: { frozenPhases: new Set([phase]) } };
}

const asks: [sentence: string, different: Overrides, expected: boolean][] = [
  ['at rest', {}, false],
  ['before publish', { state: { rotation: rotation(immediate) } }, false],
  ['in verify', { state: { rotation: rotation({ phase: 'verify', ...immediate }) } }, false],
  ['during the overlap of an ordinary rotation', revoking(hour, {}, { options: waits }), false],
  ['at the end of the overlap, with consumers=proceed', revoking(26 * hour), false],
  ['at the end of the overlap, with consumers=wait', revoking(26 * hour, {}, { options: waits }), true],
  [
    'at the end of the overlap, when this visit saw them already',
    revoking(26 * hour, {}, { options: waits, consumers: some }),
    false,
  ],
  ['at the end of the overlap, with a deadline', revoking(26 * hour, { deadline }, { options: waits }), false],
  [
    'at the end of the overlap, in an emergency',
    revoking(26 * hour, { cause: 'emergency' }, { options: waits }),
    false,
  ],
  ['in an immediate emergency', revoking(hour, immediate), true],
  ['in an immediate emergency, while verify is frozen', revoking(hour, immediate, frozen('verify')), false],
  ['in an immediate emergency, while revoke is frozen', revoking(hour, immediate, frozen('revoke')), false],
  ['in an immediate emergency of a paused target', revoking(hour, immediate, paused), true],
  [
    'in an immediate rotation that is no emergency, and the target is paused',
    revoking(hour, { mode: 'immediate' }, paused),
    false,
  ],
  ['at the very end of the overlap, with consumers=wait', revoking(25 * hour, {}, { options: waits }), true],
];

test.each(asks)('consumers are looked up %s: %s', (_sentence, different, expected) => {
  expect(needsConsumers(situation(different))).toBe(expected);
});

test.each([
  ['fresh', minute, ['expired', 'drift', 'emergency']],
  ['two minutes old', 2 * minute, []],
])(
  'where the version is %s, they are looked up for the causes that cannot wait for the sweep',
  (_s, aged, expected) => {
    const asked = causes.filter((cause) => needsConsumers(situation(revoking(aged, { cause }))));
    expect(asked).toEqual(expected);
  },
);

const rows: [sentence: string, different: Overrides, decision: string][] = [
  [
    'the overlap is waited for, whether consumers are seen or not',
    revoking(hour, {}, { options: waits, consumers: seen }),
    'wait overlap',
  ],
  [
    'consumers of which none is known never shorten the overlap',
    revoking(hour, {}, { consumers: none }),
    'wait overlap',
  ],
  [
    'consumers=proceed ends the overlap although consumers are behind',
    revoking(26 * hour, {}, { consumers: some }),
    'run revoke going-on',
  ],
  [
    'consumers=wait waits for consumers that are behind',
    revoking(26 * hour, {}, { options: waits, consumers: some }),
    'wait consumers-behind',
  ],
  [
    'consumers=wait does not wait for a consumer without a reference, which can never be seen to move',
    revoking(26 * hour, {}, { options: waits, consumers: unseen }),
    'run revoke going-on',
  ],
  [
    'consumers=wait ends seven days after the publish',
    revoking(7 * 24 * hour, {}, { options: waits, consumers: some }),
    'run revoke going-on',
  ],
  [
    'consumers=wait ends an overlap before the expiry',
    revoking(26 * hour, {}, { options: { ...waits, validityMs: 51 * hour }, consumers: some }),
    'run revoke going-on',
  ],
  [
    'R21: an immediate one waits for its cap where a consumer has no reference',
    revoking(minute, immediate, { consumers: unseen }),
    'wait overlap',
  ],
  ['consumers=wait waits where consumers cannot be seen', revoking(26 * hour, {}, { options: waits }), 'wait outage'],
  [
    'consumers=wait goes on when all are seen',
    revoking(26 * hour, {}, { options: waits, consumers: seen }),
    'run revoke going-on',
  ],
  [
    'consumers=wait goes on where none is known',
    revoking(26 * hour, {}, { options: waits, consumers: none }),
    'run revoke going-on',
  ],
  [
    'consumers=wait does not wait in an emergency',
    revoking(26 * hour, { cause: 'emergency' }, { options: waits, consumers: some }),
    'run revoke going-on',
  ],
  [
    'R21: an immediate one ends when all are seen',
    revoking(minute, immediate, { consumers: seen }),
    'run revoke going-on',
  ],
  [
    'R21: an immediate one is inspected again while consumers are behind',
    revoking(minute, immediate, { consumers: some }),
    'wait consumers-moving',
  ],
  [
    'R21: an immediate one waits for its cap where no consumer is known',
    revoking(minute, immediate, { consumers: none }),
    'wait overlap',
  ],
  [
    'R21: an immediate one waits for its cap where consumers cannot be seen',
    revoking(minute, immediate),
    'wait overlap',
  ],
  [
    'R21: an immediate one ends at its cap, although consumers are behind',
    revoking(5 * minute, immediate, { consumers: some }),
    'run revoke going-on',
  ],
  [
    'R21: an immediate one does not wait before publish where the overlap is over',
    beforePublish(25 * hour),
    'run generate going-on',
  ],
  ['R49: an immediate one leaves the former key to its consumers', beforePublish(minute), 'wait overlap'],
  ['R49: for five minutes', beforePublish(hour, { start: later(now, -5 * minute) }), 'run generate going-on'],
  ['R49: unless it leaked too', beforePublish(minute, { endsFormer: true }), 'run generate going-on'],
  [
    'R49: or until all consumers are on the newer version',
    { ...beforePublish(minute), consumers: seen },
    'run generate going-on',
  ],
  [
    'R49: while they are behind they are inspected again',
    { ...beforePublish(minute), consumers: some },
    'wait consumers-moving',
  ],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
});

test.each([
  ['moving ones are looked at again after three seconds', revoking(minute, immediate, { consumers: some }), 3 * second],
  [
    'those that move, or at the cap, if that is sooner',
    revoking(5 * minute - second, immediate, { consumers: some }),
    second,
  ],
  [
    'those behind are looked at again in a quarter of an hour',
    revoking(26 * hour, {}, { options: waits, consumers: some }),
    15 * minute,
  ],
])('%s', (_sentence, different, ms) => {
  expect(decide(situation(different))).toMatchObject({ until: later(now, ms) });
});

test('consumers that cannot be found are looked up again in five minutes, and the code says why', () => {
  const decision = decide(situation(revoking(26 * hour, {}, { options: waits })));
  expect(decision).toMatchObject({ code: 'ConsumersUnknown', until: later(now, 5 * minute) });
});

test.each<[sentence: string, different: Overrides, expected: boolean]>([
  ['at rest', {}, false],
  ['at rest without a claim', { claim: undefined }, false],
  ['that is not the target of its resource', { claim: 'of-another' }, false],
  ['in a rotation for a live key that was replaced', { state: { rotation: rotation({ cause: 'drift' }) } }, true],
  ['whose version was written by a repair', { claim: { ...claim, repairedAt: later(firstDay, -second) } }, true],
  ['whose version is younger than the repair', { claim: { ...claim, repairedAt: later(firstDay, -hour) } }, false],
])('a target %s refreshes its consumers in the visit: %s', (_sentence, different, expected) => {
  expect(needsUrgentRefresh(situation(different))).toBe(expected);
});
