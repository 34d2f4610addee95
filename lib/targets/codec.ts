import { z } from 'zod';
import { isReason } from '../model/reason.ts';
import {
  blank,
  causes,
  phases,
  type Bond,
  type Progress,
  type Rotation,
  type State,
  type Wait,
} from '../model/state.ts';
import type { Tags } from './wishes.ts';

/** The strictest limit that is documented for a tag's value (azure-facts 3). */
const most = 256;
const version = 1;

export type Reading = State | 'corrupt' | 'newer';

const fingerprint = z.string().regex(/^[0-9a-f]{12}$/);
const seconds = z
  .int()
  .nonnegative()
  .transform((s) => new Date(s * 1000));
const reason = z.string().refine(isReason);

const record = z.strictObject({
  v: z.literal(version),
  i: z.string(),
  r: fingerprint,
  f: fingerprint,
  c: z.record(z.string(), fingerprint),
});

const rotation = z.strictObject({
  p: z.enum(phases),
  c: z.enum(causes),
  s: seconds,
  m: z.literal('i').optional(),
  g: z.array(fingerprint),
  o: z.string().optional(),
  x: z.literal(1).optional(),
});

const wait = z.strictObject({
  w: reason,
  b: seconds,
  n: seconds,
  e: z.string().optional(),
  u: z.literal(1).optional(),
});

const guards = ['adoption-grace', 'restored', 'tag-corrected'] as const;
const guard = z.strictObject({ w: z.enum(guards), n: seconds });

const progress = z.strictObject({
  v: z.literal(version),
  rot: rotation.optional(),
  wait: wait.optional(),
  q: guard.optional(),
  h: reason.optional(),
  f: z.int().optional(),
  l: seconds.optional(),
  k: fingerprint.optional(),
});

/** Total: whatever stands in the tags has an answer. No state at all = blank. */
export function stateFrom(tags: Tags): Reading {
  const bond = parsed(tags['RotationRecord'], record);
  const steps = parsed(tags['RotationProgress'], progress);
  if (bond === 'newer' || steps === 'newer') return 'newer';
  if (bond === 'corrupt' || steps === 'corrupt') return 'corrupt';
  return { ...(steps ? progressFrom(steps) : blank), ...(bond && { bond: bondFrom(bond) }) };
}

function parsed<T>(text: string | undefined, shape: z.ZodType<T>): T | 'corrupt' | 'newer' | undefined {
  if (text === undefined) return undefined;
  const json = jsonFrom(text);
  const written = z.object({ v: z.int() }).safeParse(json);
  if (written.success && written.data.v > version) return 'newer';
  const { data, success } = shape.safeParse(json);
  return success ? data : 'corrupt';
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bondFrom({ i, r, f, c }: z.infer<typeof record>): Bond {
  const credentials = Object.entries(c).map(([id, print]) => ({ id, fingerprint: print }));
  return { installation: i, resource: r, value: f, credentials };
}

function progressFrom({ rot, wait, q, h, f, l, k }: z.infer<typeof progress>): Progress {
  return {
    refusals: f ?? 0,
    ...(rot && { rotation: rotationFrom(rot) }),
    ...(wait && { wait: waitFrom(wait) }),
    ...(q && { guard: { reason: q.w, until: q.n } }),
    ...(h && { held: h }),
    ...(l && { last: l }),
    ...(k && { request: k }),
  };
}

function rotationFrom({ p, c, s, m, g, o, x }: z.infer<typeof rotation>): Rotation {
  const mode = m === 'i' ? 'immediate' : 'graceful';
  return { phase: p, cause: c, start: s, mode, gone: g, ...(o && { oldVersion: o }), ...(x && { retried: true }) };
}

function waitFrom({ w, b, n, e, u }: z.infer<typeof wait>): Wait {
  return { reason: w, since: b, until: n, ...(e && { code: e }), ...(u && { stuck: true }) };
}

/** The two state tags. The service's code is cut to what is left of the 256 characters. */
export function tagsFrom(state: State): { RotationRecord?: string; RotationProgress: string } {
  const whole = JSON.stringify(progressJson(state));
  const code = state.wait?.code;
  const over = whole.length - most;
  const fits = over <= 0 || !state.wait || !code;
  const cut = fits
    ? whole
    : JSON.stringify(progressJson({ ...state, wait: { ...state.wait, code: code.slice(0, -over) } }));
  return { ...(state.bond && { RotationRecord: bondText(state.bond) }), RotationProgress: cut };
}

function bondText({ installation, resource, value, credentials }: Bond): string {
  const c = Object.fromEntries(credentials.map(({ id, fingerprint: print }) => [id, print]));
  return JSON.stringify({ v: version, i: installation, r: resource, f: value, c } satisfies z.input<typeof record>);
}

function progressJson({
  rotation: r,
  wait: w,
  guard: q,
  held,
  refusals,
  last,
  request,
}: Progress): z.input<typeof progress> {
  return {
    v: version,
    ...(r && { rot: rotationJson(r) }),
    ...(w && { wait: waitJson(w) }),
    ...(q && { q: { w: q.reason, n: inSeconds(q.until) } }),
    ...(held && { h: held }),
    ...(refusals > 0 && { f: refusals }),
    ...(last && { l: inSeconds(last) }),
    ...(request && { k: request }),
  };
}

function rotationJson({ phase, cause, start, mode, gone, oldVersion, retried }: Rotation): z.input<typeof rotation> {
  return {
    p: phase,
    c: cause,
    s: inSeconds(start),
    ...(mode === 'immediate' && { m: 'i' }),
    g: [...gone],
    ...(oldVersion && { o: oldVersion }),
    ...(retried && { x: 1 }),
  };
}

function waitJson({ reason: w, since, until, code, stuck }: Wait): z.input<typeof wait> {
  return { w, b: inSeconds(since), n: inSeconds(until), ...(code && { e: code }), ...(stuck && { u: 1 }) };
}

/** Rounded up: what waits never goes on early by rounding. */
function inSeconds(date: Date): number {
  return Math.ceil(date.getTime() / 1000);
}
