import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { later, second } from '../../model/clock.ts';
import { Failure } from '../../model/operationError.ts';
import { redacted } from '../../model/redacted.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';
import type { Acceptance, Rotation, State } from '../../model/state.ts';
import { secretUrl, type Target } from '../../model/target.ts';
import { reconcile, type Report } from '../../reconcile/reconcile.ts';
import { hintOf, read } from '../../tags/tags.ts';
import type { Core } from '../../reconcile/visit.ts';
import { namedTarget } from './findTarget.ts';
import { conflict, json, notNow, problem, type Problem } from './problem.ts';
import { wantedFrom, type Wanted } from './rotationRequest.ts';
import { fromId, toId } from './rotationId.ts';

const goesOnMs = 20 * second;

/** `POST /api/rotations`: accepted is what one look at the keys stands behind (R20). */
export async function startRotation(core: Core, request: HttpRequest): Promise<HttpResponseInit> {
  const wanted = wantedFrom(await request.text(), request.headers.get('idempotency-key'));
  if ('status' in wanted) return problem(wanted);
  const refused = refusedBySettings(core);
  if (refused) return problem(refused);
  return answered(async () => {
    const target = await namedTarget(core, wanted.target);
    if ('status' in target) return problem(target);
    const accept = acceptanceOf(core, target, wanted);
    if ('status' in accept) return problem(accept);
    const report = await reconcile(core, target, { cause: 'emergency', accept }, later(core.clock.now(), goesOnMs));
    if (report.is === 'visited' && report.accepted) {
      core.note('begun', { secret: secretUrl(target.secret), why: redacted(wanted.reason) });
    }
    return answerTo(report, target);
  });
}

/** `GET /api/rotations/{id}` */
export async function showRotation(core: Core, id: string): Promise<HttpResponseInit> {
  const named = fromId(id);
  if (!named || !core.settings.vaultUrls.includes(named.secret.vaultUrl)) return problem(unknownRotation);
  return answered(async () => {
    const { tags } = await core.vault.read(named.secret);
    const found = read(named.secret, tags, core.settings.wishes, core.providers);
    if (found.is === 'barred') return problem(conflict(found.reason, hintOf(found)));
    if (found.is !== 'target') return problem(unknownRotation);
    const shown = show(found.state, named.start);
    return shown
      ? json(200, { id, vault: named.secret.vaultUrl, secret: named.secret.name, ...shown })
      : problem(unknownRotation);
  });
}

const unknownRotation: Problem = {
  status: 404,
  title: 'No such rotation',
  detail: 'The id names no rotation of a target in KEYTURN_VAULTS. Take it from the Location of the answer to POST.',
};

function show(state: State, start: Date): object | undefined {
  const { rotation, last } = state;
  const started = { start: start.toISOString() };
  if (rotation?.start.getTime() === start.getTime()) return { ...started, ...standing(state, rotation) };
  if (last?.getTime() === start.getTime()) return { ...started, status: 'completed' };
  const newest = rotation?.start ?? last;
  return newest && newest > start ? { ...started, status: 'ended' } : undefined;
}

function standing({ wait, held }: State, { phase, cause, mode }: Rotation): object {
  if (held) return { status: 'held', phase, cause, mode, reason: held, advice: adviceFor(held) };
  const waiting = wait && { reason: wait.reason, until: wait.until.toISOString(), advice: adviceFor(wait.reason) };
  return { status: 'running', phase, cause, mode, ...waiting };
}

/** An observing or frozen app could not keep the promise of a 202. */
function refusedBySettings({ settings }: Core): Problem | undefined {
  if (settings.mode === 'observe') {
    return { status: 409, title: 'Observing', detail: 'KEYTURN_MODE is not rotate: nothing would be changed.' };
  }
  if (settings.frozen.size > 0) return conflict('frozen');
}

function acceptanceOf(core: Core, target: Target, { mode, compromised, request }: Wanted): Acceptance | Problem {
  const provider = core.providers.of(target.kind);
  const ids = compromised?.map((word) => provider?.credentialId(word));
  if (ids?.includes(undefined)) {
    return {
      status: 400,
      title: 'Credential unknown',
      detail: 'compromised should list credential ids of the resource.',
    };
  }
  const known = ids?.filter((id) => id !== undefined);
  return { mode, ...(known && { compromised: known }), ...(request && { request }) };
}

function answerTo(report: Report, { secret }: Target): HttpResponseInit {
  switch (report.is) {
    case 'busy':
      return notNow('busy', 15);
    case 'foreign':
    case 'dropped':
      return problem(unknownRotation);
    case 'barred':
      return problem(conflict(report.reason, report.hint));
    case 'failed':
      return problemOf(report);
    case 'visited':
      return report.accepted
        ? accepted(toId({ secret, start: report.accepted }), report, report.accepted)
        : notAccepted(report);
  }
}

function accepted(id: string, { state, consumers }: Report & { is: 'visited' }, start: Date): HttpResponseInit {
  return json(
    202,
    { id, ...show(state, start), ...(consumers && { consumers }) },
    { Location: `/api/rotations/${id}` },
  );
}

function notAccepted({ decision }: Report & { is: 'visited' }): HttpResponseInit {
  return passing.has(decision.reason) ? notNow(decision.reason, 30) : problem(conflict(decision.reason));
}

const passing: ReadonlySet<Reason> = new Set([
  ...(['throttled', 'outage', 'busy', 'lease-lost', 'changed-meanwhile', 'service-working'] as const),
  ...(['stale-read', 'drift-confirming', 'going-on', 'repairing', 'proof-unknown'] as const),
]);

function problemOf({ reason, retryAfterMs }: { reason: Reason; retryAfterMs?: number }): HttpResponseInit {
  if (passing.has(reason)) return notNow(reason, Math.ceil((retryAfterMs ?? 30_000) / 1000));
  return problem(reason === 'secret-missing' ? unknownRotation : conflict(reason));
}

async function answered(work: () => Promise<HttpResponseInit>): Promise<HttpResponseInit> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) return problemOf({ reason: error.reason, ...error.detail });
    throw error;
  }
}
