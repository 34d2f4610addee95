import { z } from 'zod';
import { parseJson } from '../model/json.ts';
import { emptyState, type StateBinding, type State } from '../model/state.ts';
import { progressFrom, progressShape, progressText, unknownWord } from './progressCodec.ts';
import type { Tags } from './optionTags.ts';

/** The strictest limit that is documented for the value of a tag (azure-facts: Key Vault limits). */
const longest = 256;
const newestVersion = 1;

const versioned = z.object({ v: z.int() });
const fingerprint = z.string().regex(/^[0-9a-f]{12}$/);
const recordShape = z.strictObject({
  v: z.literal(newestVersion),
  i: z.string(),
  r: fingerprint,
  f: fingerprint,
  c: z.record(z.string(), fingerprint),
});

/**
 * Reads the state tags. Every text has an answer, however corrupt. No state tags are an empty state; if only the record
 * cannot be read, the state is not bound, and its waits and quiet periods still count (R1, state bound to value).
 */
export function stateFrom(tags: Tags): State | 'corrupt' | 'newer' {
  const record = parse(tags['RotationRecord'], recordShape);
  const progress = parse(tags['RotationProgress'], progressShape);
  if (record === 'newer' || progress === 'newer') return 'newer';
  if (progress === 'corrupt') return 'corrupt';
  return {
    ...(progress ? progressFrom(progress) : emptyState),
    stateBinding: record && record !== 'corrupt' ? bindingFrom(record) : undefined,
  };
}

function parse<T>(text: string | undefined, shape: z.ZodType<T>): T | 'corrupt' | 'newer' | undefined {
  if (text === undefined) return undefined;
  const json = parseJson(text);
  const stamp = versioned.safeParse(json);
  if (stamp.success && stamp.data.v > newestVersion) return 'newer';
  const { data, success, error } = shape.safeParse(json);
  if (success) return data;
  return error.issues.every(({ message }) => message === unknownWord) ? 'newer' : 'corrupt';
}

function bindingFrom({ i, r, f, c }: z.output<typeof recordShape>): StateBinding {
  const credentials = Object.entries(c).map(([id, print]) => ({ id, fingerprint: print }));
  return { installation: i, resource: r, value: f, credentials };
}

/**
 * Returns the two state tags. Where the progress is too long, the service's error code is cut first. Then those members
 * go that cost an announcement more, never one that a decision needs.
 */
export function tagsFrom(state: State): { RotationRecord?: string; RotationProgress: string } {
  const { wait, held, lastRotation: _, ...rest } = state;
  const unmarked = wait && { ...wait, code: undefined, announcedStuck: undefined, wasDown: undefined };
  const shorter: readonly State[] = [
    { ...state, wait: unmarked },
    { ...rest, held, wait: held ? undefined : unmarked },
  ];
  const whole = withCutCode(state);
  const RotationProgress = [whole, ...shorter.map((each) => progressText(each))].find(isShort) ?? whole;
  return { ...(state.stateBinding && { RotationRecord: recordText(state.stateBinding) }), RotationProgress };
}

function isShort(text: string): boolean {
  return text.length <= longest;
}

function withCutCode(state: State): string {
  const whole = progressText(state);
  const excess = whole.length - longest;
  return excess > 0 ? progressText(state, state.wait?.code?.slice(0, -excess)) : whole;
}

function recordText({ installation, resource, value, credentials }: StateBinding): string {
  const c = Object.fromEntries(credentials.map(({ id, fingerprint: print }) => [id, print]));
  return JSON.stringify({ v: newestVersion, i: installation, r: resource, f: value, c } satisfies z.input<
    typeof recordShape
  >);
}
