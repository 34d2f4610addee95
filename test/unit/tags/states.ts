import fc from 'fast-check';
import { phases, causes, modes, type State } from '../../../lib/model/state.ts';

const fingerprint = fc.stringMatching(/^[0-9a-f]{12}$/);
const version = fc.stringMatching(/^[0-9a-f]{32}$/);
const seconds = fc.integer({ min: 1_700_000_000, max: 2_176_782_335 }); // six digits in base 36, until 2038
const date = seconds.map((s) => new Date(s * 1000));
const reason = fc.constantFrom(
  ...(['live-dead', 'throttled', 'key-not-yet-accepted', 'request-in-flight', 'live-refused'] as const),
  ...(['consumers-moving', 'consumers-behind', 'forbidden-by-policy', 'endpoint-not-of-resource'] as const),
);
const code = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.]{2,39}$/);

function optional<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: (keyof T)[]) {
  return fc.record(model, { requiredKeys: required });
}

const stateBinding = fc.record({
  installation: fc.stringMatching(/^[0-9a-f]{12}$/),
  resource: fingerprint,
  value: fingerprint,
  credentials: fc.tuple(fingerprint, fingerprint).map(([primary, secondary]) => [
    { id: 'Primary', fingerprint: primary },
    { id: 'Secondary', fingerprint: secondary },
  ]),
});
const rotation = optional(
  {
    phase: fc.constantFrom(...phases),
    cause: fc.constantFrom(...causes),
    start: date,
    mode: fc.constantFrom(...modes),
    toRevoke: fc.array(fingerprint, { maxLength: 3 }),
    oldVersion: version,
    regeneratedAgain: fc.constant(true as const),
    accepted: fc.integer({ min: 1, max: 3 }),
    deadline: date,
  },
  ['phase', 'cause', 'start', 'mode', 'toRevoke'],
);
const wait = optional({ reason, since: date, until: date, code, announcedStuck: fc.constant(true as const) }, [
  'reason',
  'since',
  'until',
]);
const guard = fc.record({
  reason: fc.constantFrom('adoption-grace', 'restored', 'recovered', 'tag-corrected'),
  until: date,
});

const everything = optional(
  {
    refusals: fc.integer({ min: 0, max: 99 }),
    stateBinding: stateBinding,
    rotation,
    wait,
    guard,
    held: fc.constantFrom('proof-refused', 'contended', 'too-many-refusals', 'live-would-die'),
    isSuspect: fc.constant(true as const),
    lastRotation: date,
    lastRequest: fingerprint,
  },
  ['refusals'],
) as fc.Arbitrary<State>;

/** Any mixture of members, whether or not there can be such a state. */
export const anyMembers: fc.Arbitrary<State> = everything;

/** Any state there can be: whole seconds, real fingerprints; what is held waits for nothing, one rotation at a time. */
export const anyState = everything.map(({ wait: waits, lastRotation: last, ...state }): State => ({
  ...state,
  ...(waits && !state.held && { wait: waits }),
  ...(last && !state.rotation && { lastRotation: last }),
}));
