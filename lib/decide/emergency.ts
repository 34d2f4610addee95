import { wholeSecond } from '../model/clock.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { Acceptance, Guard, Known, Mode, Rotation, State } from '../model/state.ts';
import type { Reason } from '../model/reason.ts';
import type { Look } from '../model/snapshot.ts';
import type { CredentialId } from '../model/target.ts';
import type { Decision, Situation } from './decision.ts';
import { bondOf, lastOf, withoutWait } from './rotation.ts';

/** An emergency becomes part of the state; it overrides waits, pause and holds of history (R20 to R22). */
export function accept(s: Situation): Decision | undefined {
  const wanted = s.ask.accept;
  const { live } = s.look;
  if (!wanted || !live) return undefined;
  const same = sameRequest(s.state, wanted);
  if (same) return { do: 'accept', reason: 'going-on', ...same };
  const refusal = refused(s, wanted);
  if (refusal) return { do: 'rest', reason: refusal };
  const known = underWay(s.state, live, wanted);
  if (known) return { do: 'accept', reason: 'going-on', ...known };
  return { do: 'accept', reason: 'begun', ...accepted(s, live, wanted) };
}

function accepted(s: Situation, live: Known, wanted: Acceptance): Joined {
  const { rotation, regenerateAnew } = answer(s, live, wanted);
  const bond = regenerateAnew || !s.state.bond ? bondOf(s) : s.state.bond;
  const request = wanted.request ?? s.state.request;
  const state = {
    ...lastOf(s.state),
    refusals: 0,
    bond,
    rotation,
    ...keptGuard(s.state),
    ...(request && { request }),
  };
  return { state, start: rotation.start };
}

/** What would end in nothing is not accepted (R20). */
function refused({ look: { rests, all } }: Situation, { compromised = [] }: Acceptance): Reason | undefined {
  if (rests?.firm) return rests.reason;
  return compromised.every((id) => all.some((known) => known.id === id)) ? undefined : 'compromised-unknown';
}

type Joined = { readonly state: State; readonly start: Date };

function sameRequest(state: State, { request }: Acceptance): Joined | undefined {
  const { rotation, last } = state;
  const start = rotation?.cause === 'emergency' ? rotation.start : rotation ? undefined : last;
  return request && state.request === request && start ? { state, start } : undefined;
}

/** What was live is being replaced already: a request that is more urgent only hurries it. */
function underWay(state: State, live: Known, { compromised, mode, request }: Acceptance): Joined | undefined {
  const { rotation, held } = state;
  if (rotation?.cause !== 'emergency' || compromised || held) return undefined;
  if (!rotation.gone.includes(live.fingerprint) && rotation.oldVersion === undefined) return undefined;
  const hurried = { ...rotation, mode: moreUrgent(rotation, mode) };
  const goingOn = mode === 'immediate' ? withoutWait(state) : state;
  return { state: { ...goingOn, rotation: hurried, ...(request && { request }) }, start: rotation.start };
}

/** What was promised to be immediate stays so. */
function moreUrgent(rotation: Rotation | undefined, mode: Mode): Mode {
  const promised = rotation?.cause === 'emergency' && rotation.mode === 'immediate';
  return promised ? 'immediate' : mode;
}

interface Answer {
  readonly rotation: Rotation;
  /** Only a key seen to change after this moment is taken for the new one (R18). */
  readonly regenerateAnew: boolean;
}

function answer(s: Situation, live: Known, { compromised = [live.id], ...wanted }: Acceptance): Answer {
  const { rotation } = s.state;
  const mode = moreUrgent(rotation, wanted.mode);
  const { all } = s.look;
  const leaked = all.filter(({ id }) => compromised.includes(id));
  const start = wholeSecond(s.now);
  if (rotation?.phase === 'generate' || rotation?.phase === 'publish') {
    const onlyLive = leaked.every(({ id }) => id === live.id);
    const { retried: _, adopted: __, ...going } = { ...rotation, cause: 'emergency', mode } as const;
    return { rotation: { ...going, gone: together(all, rotation.gone, leaked) }, regenerateAnew: !onlyLive };
  }
  if (compromised.includes(live.id) || isNextLeaked(s.look, compromised)) {
    const gone = (all.length > mostGone ? leaked : all).map(({ fingerprint }) => fingerprint);
    const anew: Rotation = { phase: 'generate', cause: 'emergency', start, mode, gone, ...outliving(rotation) };
    return { rotation: anew, regenerateAnew: true };
  }
  const { adopted: _, ...going } = rotation ?? { ...nothing, start };
  return {
    rotation: { ...going, cause: 'emergency', mode, gone: together(all, stillToEnd(s.look, going.gone), leaked) },
    regenerateAnew: true,
  };
}

const nothing: Pick<Rotation, 'phase' | 'gone' | 'adopted'> = { phase: 'revoke', gone: [] };

/** Without a standby only what the look shows is to end: a leak of one version is no reason to end another. */
function stillToEnd({ all, standby }: Look, gone: readonly Fingerprint[]): readonly Fingerprint[] {
  return standby ? gone : gone.filter((each) => all.some(({ fingerprint }) => fingerprint === each));
}

/** It would be published next, where nothing stands by: another one is made, as for the live one. */
function isNextLeaked({ next, standby }: Look, compromised: readonly CredentialId[]): boolean {
  return next !== undefined && !standby && compromised.includes(next.id);
}

/** What a rotation that begins instead of another one takes over from it. */
export function outliving(before: Rotation | undefined): Pick<Rotation, 'oldVersion' | 'deadline'> {
  const { oldVersion, deadline } = before ?? {};
  return { ...(oldVersion && { oldVersion }), ...(deadline && { deadline }) };
}

/** A tag has 256 characters. */
const mostGone = 3;

/** Those that still exist first. */
export function together(
  all: readonly Known[],
  gone: readonly Fingerprint[],
  more: readonly Pick<Known, 'fingerprint'>[],
): readonly Fingerprint[] {
  const union = [...new Set([...more.map(({ fingerprint }) => fingerprint), ...gone])];
  const there = new Set(all.map(({ fingerprint }) => fingerprint));
  return union.toSorted((a, b) => Number(there.has(b)) - Number(there.has(a))).slice(0, mostGone);
}

/** Who calls has not waited for the grace of adoption; what else guards outlives the emergency. */
function keptGuard({ guard }: State): { guard?: Guard } {
  return guard && guard.reason !== 'adoption-grace' ? { guard } : {};
}
