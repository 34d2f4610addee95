import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { RefusedEmergency } from '../../decide/decision.ts';
import { later } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import type { Problem } from '../../model/problem.ts';
import { redact } from '../../model/redacted.ts';
import { adviceFor, hasClass, type Reason } from '../../model/reason.ts';
import type { EmergencyRequest, Rotation, State } from '../../model/state.ts';
import { secretUrl, type Target } from '../../model/target.ts';
import { reconcile, type VisitReport } from '../../reconcile/reconcile.ts';
import { correctionHint, readTags } from '../../tags/tags.ts';
import type { Services } from '../../reconcile/services.ts';
import { beginWithin } from '../budget.ts';
import { readBody } from './body.ts';
import { findTarget, noTarget } from './findTarget.ts';
import { answerInTime, conflict, json, problem, soonSeconds, tryLater } from './problem.ts';
import { parseRotationRequest, type RotationRequest } from './rotationRequest.ts';
import { parseRotationId, rotationIdOf } from './rotationId.ts';

const longestBytes = 8 * 1024;

/**
 * `POST /api/rotations`. Answers 202 only after an inspection recorded the keys (R20, emergency accepted).
 *
 * A 202 promises nothing but what stands in the tags. So a visit that is late after the acceptance is answered 202 too,
 * and one that is late before it 503. The acceptance may still come: the caller sends the same request again, and joins
 * the rotation (R33, answers in time).
 */
export async function startRotation(
  services: Services,
  request: HttpRequest,
  { budgetMs, caller }: { readonly budgetMs: number; readonly caller?: string | undefined },
): Promise<HttpResponseInit> {
  let known: HttpResponseInit | undefined;
  const work = start(services, request, caller, (answer) => (known = answer));
  return answerInTime(services, budgetMs, work, () => known);
}

async function start(
  services: Services,
  request: HttpRequest,
  caller: string | undefined,
  onAccepted: (answer: HttpResponseInit) => void,
): Promise<HttpResponseInit> {
  const deadline = later(services.clock.now(), beginWithin.httpMs);
  const text = await readBody(services, request, longestBytes);
  if (typeof text !== 'string') return problem(text);
  const body = parseRotationRequest(text, request.headers.get('idempotency-key'));
  if ('status' in body) return problem(body);
  const refused = refusedBySettings(services);
  if (refused) return problem(refused);
  return answered(noTarget, async () => {
    const target = await findTarget(services, body.target);
    if ('status' in target) return problem(target);
    const accept = emergencyRequestOf(services, target, body);
    if ('status' in accept) return problem(accept);
    const report = await reconcile(
      services,
      target,
      { cause: 'emergency', emergency: { ...accept, caller } },
      deadline,
      (accepted) => {
        services.note('begun', {
          secret: secretUrl(target.secret),
          why: redact(body.reason),
          ...(caller && { caller }),
        });
        onAccepted(answerTo(accepted, target, services.clock.now()));
      },
    );
    return answerTo(report, target, services.clock.now());
  });
}

/** `GET /api/rotations/{id}`. */
export async function showRotation(services: Services, id: string): Promise<HttpResponseInit> {
  const named = parseRotationId(id);
  if (!named || !services.settings.vaultUrls.includes(named.secret.vaultUrl)) return problem(unknownRotation);
  return answered(unknownRotation, async () => {
    const { tags } = await services.vault.read(named.secret);
    const found = readTags(named.secret, tags, services.settings.defaults, services.providers);
    if (found.is === 'barred') return problem(conflict(found.reason, correctionHint(found)));
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
  const { rotation, lastRotation: last } = state;
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

/** Refuses where the app observes or a phase is frozen: a 202 would promise what it cannot do. */
function refusedBySettings({ settings }: Services): Problem | undefined {
  if (settings.mode === 'observe') {
    return { status: 409, title: 'Observing', detail: 'KEYTURN_MODE is not rotate: nothing would be changed.' };
  }
  if (settings.frozenPhases.size > 0) return conflict('frozen');
}

function emergencyRequestOf(
  services: Services,
  target: Target,
  { mode, compromised, request, after }: RotationRequest,
): EmergencyRequest | Problem {
  if (after && secretUrl(after.secret) !== secretUrl(target.secret)) return afterAnother;
  const provider = services.providers.of(target.kind);
  const ids = compromised?.map((word) => provider?.credentialId(word));
  if (ids?.includes(undefined)) {
    return {
      status: 400,
      title: 'Credential unknown',
      detail: 'compromised should list credential ids of the resource.',
    };
  }
  const known = ids?.filter((id) => id !== undefined);
  return { mode, ...(known && { compromised: known }), ...(request && { request }), after: after?.start };
}

const afterAnother: Problem = {
  status: 400,
  title: 'Another target',
  detail: 'after should be the id of the last emergency of the same target, from the Location of an answer.',
};

function answerTo(report: VisitReport, { secret }: Target, now: Date): HttpResponseInit {
  switch (report.is) {
    case 'busy':
      return tryLater('busy', soonSeconds);
    case 'foreign':
    case 'dropped':
      return problem(noTarget);
    case 'barred':
      return problem(conflict(report.reason, report.hint));
    case 'failed':
      return problemOf(report, noTarget);
    case 'visited':
      return report.emergencyStart
        ? accepted(rotationIdOf({ secret, start: report.emergencyStart }), report, report.emergencyStart)
        : notAccepted(secret, report, now);
  }
}

function accepted(id: string, report: VisitReport & { is: 'visited' }, start: Date): HttpResponseInit {
  const { state, consumers, formerUntil } = report;
  return json(
    202,
    { id, ...show(state, start), ...(formerUntil && { formerUntil }), ...(consumers && { consumers }) },
    { Location: `/api/rotations/${id}` },
  );
}

function notAccepted(
  secret: Target['secret'],
  { decision }: VisitReport & { is: 'visited' },
  now: Date,
): HttpResponseInit {
  if ('last' in decision) return refusedSoSoon(secret, decision, now);
  const hint = decision.do === 'wait' ? decision.detail : undefined;
  return mayPass(decision.reason) ? tryLater(decision.reason, 30) : problem(conflict(decision.reason, hint));
}

/** Names the emergency that began within the overlap (R29, emergencies join first). */
function refusedSoSoon(
  secret: Target['secret'],
  { reason, last, until }: RefusedEmergency,
  now: Date,
): HttpResponseInit {
  const id = rotationIdOf({ secret, start: last });
  const headers = { Location: `/api/rotations/${id}` };
  if (reason === 'rotated-just-now') return problem({ ...conflict(reason), after: id }, headers);
  const seconds = String(Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)));
  return problem({ ...conflict(reason), status: 429 }, { ...headers, 'Retry-After': seconds });
}

/** Whether the same request may be accepted soon. A rotation under way or a repair ends first. */
function mayPass(reason: Reason): boolean {
  return hasClass(reason, 'transient', 'brief') || ['going-on', 'repairing', 'proof-unknown'].includes(reason);
}

function problemOf(
  { reason, retryAfterMs }: { reason: Reason; retryAfterMs?: number | undefined },
  missing: Problem,
): HttpResponseInit {
  if (mayPass(reason)) return tryLater(reason, Math.ceil((retryAfterMs ?? 30_000) / 1000));
  return problem(reason === 'secret-missing' ? missing : conflict(reason));
}

async function answered(missing: Problem, work: () => Promise<HttpResponseInit>): Promise<HttpResponseInit> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperationError) return problemOf({ reason: error.reason, ...error.detail }, missing);
    throw error;
  }
}
