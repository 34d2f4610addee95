import { z } from 'zod';
import { parseJson } from '../model/json.ts';
import { emptyState, type StateBinding, type State } from '../model/state.ts';
import { progressFrom, progressShape, progressText, unknownWord } from './progressCodec.ts';
import type { Tags } from './optionTags.ts';

/** The strictest limit that is documented for a tag's value (azure-facts: Key Vault limits). */
const most = 256;
const newest = 1;

const versioned = z.object({ v: z.int() });
const fingerprint = z.string().regex(/^[0-9a-f]{12}$/);
const bondShape = z.strictObject({
  v: z.literal(newest),
  i: z.string(),
  r: fingerprint,
  f: fingerprint,
  c: z.record(z.string(), fingerprint),
});

/**
 * Total: whatever stands in the tags has an answer. No state at all = blank; without a record that can be read, what it
 * waits for still counts.
 */
export function stateFrom(tags: Tags): State | 'corrupt' | 'newer' {
  const stateBinding = parsed(tags['RotationRecord'], bondShape);
  const progress = parsed(tags['RotationProgress'], progressShape);
  if (stateBinding === 'newer' || progress === 'newer') return 'newer';
  if (progress === 'corrupt') return 'corrupt';
  const isBond = stateBinding !== undefined && stateBinding !== 'corrupt';
  return {
    ...(progress ? progressFrom(progress) : emptyState),
    stateBinding: isBond ? bondFrom(stateBinding) : undefined,
  };
}

function parsed<T>(text: string | undefined, shape: z.ZodType<T>): T | 'corrupt' | 'newer' | undefined {
  if (text === undefined) return undefined;
  const json = parseJson(text);
  const written = versioned.safeParse(json);
  if (written.success && written.data.v > newest) return 'newer';
  const { data, success, error } = shape.safeParse(json);
  if (success) return data;
  return error.issues.every(({ message }) => message === unknownWord) ? 'newer' : 'corrupt';
}

function bondFrom({ i, r, f, c }: z.output<typeof bondShape>): StateBinding {
  const credentials = Object.entries(c).map(([id, print]) => ({ id, fingerprint: print }));
  return { installation: i, resource: r, value: f, credentials };
}

/** The two state tags. The service's code is cut to what is left of the 256 characters. */
export function tagsFrom(state: State): { RotationRecord?: string; RotationProgress: string } {
  const whole = progressText(state);
  const over = whole.length - most;
  const RotationProgress = over > 0 ? progressText(state, state.wait?.code?.slice(0, -over)) : whole;
  return { ...(state.stateBinding && { RotationRecord: bondText(state.stateBinding) }), RotationProgress };
}

function bondText({ installation, resource, value, credentials }: StateBinding): string {
  const c = Object.fromEntries(credentials.map(({ id, fingerprint: print }) => [id, print]));
  return JSON.stringify({ v: newest, i: installation, r: resource, f: value, c } satisfies z.input<typeof bondShape>);
}
