import pMap from 'p-map';
import { dueAt } from './decide/due.ts';
import { isItsTurn, wants } from './decide/wants.ts';
import { announcement } from './events/announce.ts';
import { hour, later, minute } from './model/clock.ts';
import { Failure } from './model/failure.ts';
import { adviceFor, type Reason } from './model/reason.ts';
import type { Sighting } from './model/snapshot.ts';
import { blank, type Ask, type Phase } from './model/state.ts';
import { secretUrl, type Target } from './model/target.ts';
import { missingTargets, type Seen } from './missing.ts';
import { reconcile, type Report } from './reconcile.ts';
import { hintOf, read } from './targets/tags.ts';
import type { Listed } from './targets/vault.ts';
import type { Core } from './visit.ts';

const atOnce = 8;

/** What could not be written into tags is remembered by this instance: until when a target is left alone. */
export type Memory = Map<string, Date>;

interface Wanted {
  readonly target: Target;
  readonly ask: Ask;
}

/** Takes every target that wants the phase. One target's failure never stops another's (promise 10). */
export async function sweep(core: Core, memory: Memory, phase: Phase, deadline: Date): Promise<void> {
  const listUntil = later(core.clock.now(), minute); // one slow vault takes no time from the others
  const seen = await pMap(core.settings.vaultUrls, (url) => see(core, memory, url, listUntil), { concurrency: atOnce });
  const sightings = seen
    .flatMap((vault) => vault.sightings)
    .filter((one) => isUrgent(one) || !remembered(core, memory, one.target));
  const bugs: string[] = [];
  let late = 0;
  const visit = async (one: Wanted) => {
    if (core.clock.now() >= deadline) {
      late += 1;
      return;
    }
    try {
      await take(core, memory, one, deadline);
    } catch (error) {
      bugs.push(placeOf(error));
    }
  };
  await pMap(wanted(core, phase, sightings), visit, { concurrency: atOnce });
  if (late > 0) core.note('sweep-over', { targets: String(late) });
  if (phase === 'verify') await missingTargets(core, memory, seen);
  if (bugs.length > 0) throw new Error(`${bugs.length} target(s) ended unexpectedly: ${bugs.join(', ')}`);
}

/** What and where, without a message that may hold anything. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error';
  const place = /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() ?? 'nowhere';
  return `${error.name} ${place}`;
}

/** An emergency was accepted since: nothing that was wrong before delays it. */
function isUrgent({ state }: Sighting): boolean {
  return state.rotation?.cause === 'emergency';
}

/** One vault's pages. A vault that does not answer is looked at again by the next sweep. */
async function see(core: Core, memory: Memory, vaultUrl: string, until: Date): Promise<Seen> {
  const sightings: Sighting[] = [];
  const tagged = new Set<string>();
  const untagged = new Set<string>();
  try {
    for await (const listed of core.vault.list(vaultUrl)) {
      if (core.clock.now() > until) throw new Failure('outage', { code: 'ListTooSlow' });
      const found = read(listed.secret, listed.tags, core.settings.wishes, core.providers);
      (found.is === 'foreign' ? untagged : tagged).add(secretUrl(listed.secret));
      if (found.is === 'target') sightings.push(sighted(found, listed));
      if (found.is === 'barred') await tell(core, memory, found.target, found.reason, hintOf(found));
    }
    return { vaultUrl, whole: true, sightings, tagged, untagged };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    core.note(error.reason, { vault: vaultUrl, ...(error.detail.code && { code: error.detail.code }) });
    return { vaultUrl, whole: false, sightings, tagged, untagged };
  }
}

function sighted({ target, state }: Pick<Sighting, 'target' | 'state'>, { createdOn, expiresOn }: Listed): Sighting {
  return { target, state, createdOn, ...(expiresOn && { expiresOn }) };
}

function wanted(core: Core, phase: Phase, sightings: readonly Sighting[]): readonly Wanted[] {
  const { settings, clock, jitter } = core;
  const now = clock.now();
  const due = sightings.filter((one) => wants(phase, one, now, settings.frozen, jitter(one.target)));
  const [underWay, fresh] = [due.filter(({ state }) => state.rotation), due.filter(({ state }) => !state.rotation)];
  const first = fresh.toSorted((a, b) => failing(a) - failing(b) || dueMs(a) - dueMs(b)).slice(0, settings.startCap);
  if (first.length < fresh.length) core.note('start-cap', { due: String(fresh.length) });
  const plain = [...underWay, ...first].map(({ target }) => ({ target, ask: { cause: 'schedule' } as const }));
  const turns = phase === 'verify' ? sightings.filter((one) => !due.includes(one) && isItsTurn(one, now)) : [];
  return [...plain, ...turns.map(({ target }) => ({ target, ask: { cause: 'schedule', check: true } as const }))];
}

/** What keeps failing does not use up the cap. */
function failing({ state }: Sighting): number {
  return state.wait ? 1 : 0;
}

function dueMs({ target, createdOn, expiresOn }: Sighting): number {
  return dueAt({ target, secret: { createdOn, ...(expiresOn && { expiresOn }) } }, 0).getTime();
}

async function take(core: Core, memory: Memory, { target, ask }: Wanted, deadline: Date): Promise<void> {
  const report = await reconcile(core, target, ask, deadline);
  if (core.settings.mode === 'observe') memory.set(secretUrl(target.secret), later(core.clock.now(), hour));
  const reason = unwritten(report);
  if (reason) await tell(core, memory, target, reason, report.is === 'barred' ? report.hint : '');
}

/** What the tags cannot remember. */
function unwritten(report: Report): Reason | undefined {
  if (report.is === 'barred') return report.reason;
  return report.is === 'failed' && !report.kept ? report.reason : undefined;
}

function remembered({ clock }: Core, memory: Memory, { secret }: Target): boolean {
  const until = memory.get(secretUrl(secret));
  return until !== undefined && until > clock.now();
}

/** Says it, and leaves the target alone for an hour. What passes by itself is said by the next visit's tags. */
async function tell(core: Core, memory: Memory, target: Target, reason: Reason, hint = ''): Promise<void> {
  if (remembered(core, memory, target)) return;
  const passes =
    reason === 'lease-lost' || reason === 'changed-meanwhile' || reason === 'throttled' || reason === 'outage';
  if (!passes) memory.set(secretUrl(target.secret), later(core.clock.now(), hour));
  const said = { reason, advice: [adviceFor(reason), hint].join(' ').trim() };
  const type = passes ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
  await core.announcer.announce(announcement(type, target, blank, '', said));
}
