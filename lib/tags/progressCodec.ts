import { z } from 'zod';
import { isReason } from '../model/reason.ts';
import { isRepair, type Progress, type Rotation, type Wait } from '../model/state.ts';

/*
 * The tag `RotationProgress` has 256 characters for the longest rotation that is possible. Phases, causes and quiet
 * periods are letters, times are seconds in base 36, fingerprints stand in one string, and they and versions of 32 hex
 * digits are base64url. People read `RotationPhase` instead.
 *
 * A member or letter with a new meaning raises `v`. Reasons are written as they are, and their list grows without that:
 * an older version which meets a word that it does not know leaves the target alone.
 */

/** A letter is never used again for another word. */
const phaseLetters = { g: 'generate', p: 'publish', v: 'verify', r: 'revoke' } as const;
const guardLetters = { a: 'adoption-grace', r: 'restored', l: 'recovered', t: 'tag-corrected' } as const;
const causeLetters = {
  s: 'schedule',
  n: 'near-expiry',
  e: 'expired',
  v: 'new-version',
  m: 'notice',
  d: 'drift',
  x: 'emergency',
  o: 'onboard',
} as const;

const lastSecond = 8_640_000_000_000;
const seconds = z.codec(z.string().regex(/^[0-9a-z]{1,9}$/), z.date(), {
  decode: (text, context) => {
    const value = parseInt(text, 36);
    if (value <= lastSecond) return new Date(value * 1000);
    context.issues.push({ code: 'custom', message: 'beyond all dates', input: text });
    return z.NEVER;
  },
  // Rounded up, so that no wait ends early.
  encode: (date) => Math.ceil(date.getTime() / 1000).toString(36),
});
const fingerprints = z.codec(z.string().regex(/^([A-Za-z0-9_-]{8}){0,3}$/), z.array(z.string()), {
  decode: (text) => Buffer.from(text, 'base64url').toString('hex').match(/.{12}/g) ?? [],
  encode: (all) => Buffer.from(all.join(''), 'hex').toString('base64url'),
});
const version = z.codec(z.string().min(1), z.string(), {
  decode: (text) => (/^[A-Za-z0-9_-]{22}$/.test(text) ? Buffer.from(text, 'base64url').toString('hex') : text),
  encode: (id) => (/^[0-9a-f]{32}$/.test(id) ? Buffer.from(id, 'hex').toString('base64url') : id),
});
/** The message of a reason that a newer version may have written. */
export const unknownWord = 'a word of a newer version';
const reason = z.string().refine(isReason, unknownWord);

const rotation = z.strictObject({
  p: letters(phaseLetters),
  c: letters(causeLetters),
  s: seconds,
  /**
   * `i` immediate, `x` regenerated again, `a` took over, `f` ends the former credential. The digit counts accepted
   * requests.
   */
  m: z
    .string()
    .regex(/^i?x?a?f?[1-3]?$/)
    .optional(),
  g: fingerprints,
  o: version.optional(),
  d: seconds.optional(),
});
const wait = z.strictObject({
  w: reason,
  b: seconds,
  n: seconds,
  e: z.string().min(1).optional(),
  u: z.literal(1).optional(),
  d: z.literal(1).optional(),
});
const guard = z.strictObject({ w: letters(guardLetters), n: seconds });

export const progressShape = z.strictObject({
  v: z.literal(1),
  r: rotation.optional(),
  w: wait.optional(),
  q: guard.optional(),
  h: reason.optional(),
  f: z.int().min(0).optional(),
  s: z.literal(1).optional(),
  l: seconds.optional(),
  k: fingerprints.optional(),
});
type Shape = z.output<typeof progressShape>;

function letters<const Words extends Readonly<Record<string, string>>>(words: Words) {
  const letterOf = Object.fromEntries(Object.entries(words).map(([letter, word]) => [word, letter]));
  const letter = z.enum(Object.keys(words) as [keyof Words & string]);
  return z.codec(letter, z.enum(Object.values(words) as [Words[keyof Words]]), {
    decode: (each) => words[each] as Words[keyof Words],
    encode: (word) => letterOf[word] as keyof Words & string,
  });
}

export function progressFrom({ r, w, q, h, f = 0, s, l, k }: Shape): Progress {
  return {
    rotation: r && rotationFrom(r),
    wait: w && waitFrom(w),
    guard: q && { reason: q.w, until: q.n },
    held: h,
    refusals: f,
    isSuspect: s && true,
    lastRotation: l,
    lastRequest: k?.[0],
  };
}

function rotationFrom({ p, c, s, m = '', g, o, d }: NonNullable<Shape['r']>): Rotation {
  return {
    phase: p,
    cause: c,
    start: s,
    mode: m.includes('i') ? 'immediate' : 'graceful',
    toRevoke: g,
    oldVersion: o,
    regeneratedAgain: m.includes('x') || undefined,
    accepted: Number(/\d/.exec(m)?.[0] ?? 0) || undefined,
    tookOver: m.includes('a') || undefined,
    endsFormer: m.includes('f') || undefined,
    deadline: d,
  };
}

function waitFrom({ w, b, n, e, u, d }: NonNullable<Shape['w']>): Wait {
  return { reason: w, since: b, until: n, code: e, announcedStuck: u && true, wasDown: d && true };
}

/**
 * Returns the text of the tag. `code` replaces the code of the wait, which may be too long.
 *
 * Two members are left out where they add nothing: the wait of a held target, unless it says that the live credential
 * is dead, and the rotation before the one under way, unless that one is a repair. Undefined members do not appear in
 * JSON.
 */
export function progressText(state: Progress, code = state.wait?.code): string {
  const { rotation, guard, held, refusals, isSuspect, lastRotation, lastRequest } = state;
  const shape: Shape = {
    v: 1,
    r: rotation && rotationShape(rotation),
    w: isWaitKept(state) ? waitShape(state.wait, code) : undefined,
    q: guard && { w: guard.reason, n: guard.until },
    h: held,
    f: refusals > 0 ? refusals : undefined,
    s: isSuspect && 1,
    l: isLastRotationKept(state) ? lastRotation : undefined,
    k: lastRequest ? [lastRequest] : undefined,
  };
  return JSON.stringify(z.encode(progressShape, shape));
}

function isWaitKept(state: Progress): state is Progress & { wait: Wait } {
  return state.wait !== undefined && (!state.held || state.wait.reason === 'live-dead');
}

function isLastRotationKept({ rotation }: Progress): boolean {
  return !rotation || isRepair(rotation);
}

function rotationShape(rotation: Rotation): NonNullable<Shape['r']> {
  const { mode, regeneratedAgain, tookOver, endsFormer, accepted } = rotation;
  const marks = [mode === 'immediate' && 'i', regeneratedAgain && 'x', tookOver && 'a', endsFormer && 'f', accepted];
  return {
    p: rotation.phase,
    c: rotation.cause,
    s: rotation.start,
    m: marks.filter((mark) => mark).join('') || undefined,
    g: [...rotation.toRevoke],
    o: rotation.oldVersion,
    d: rotation.deadline,
  };
}

function waitShape(wait: Wait, code: string | undefined): NonNullable<Shape['w']> {
  return {
    w: wait.reason,
    b: wait.since,
    n: wait.until,
    e: code === '' ? undefined : code,
    u: wait.announcedStuck && 1,
    d: wait.wasDown && 1,
  };
}
