import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { parseJson } from '../../model/json.ts';
import { later } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { adviceFor } from '../../model/reason.ts';
import { noticeFromAlert } from '../notices/alert.ts';
import type { Demand } from '../notices/demand.ts';
import type { Notice } from '../notices/notice.ts';
import { confirmed } from '../notices/serviceHealth.ts';
import { reasonOf, startAffected } from '../notices/startAffected.ts';
import type { InstanceMemory } from '../timers/listing.ts';
import type { Services } from '../../reconcile/services.ts';
import { readBody } from './body.ts';
import { json, problem, soonSeconds, tryLater } from './problem.ts';

const longestBytes = 256 * 1024;

/**
 * `POST /api/notices`. Takes Azure Monitor's common alert schema. An action group waits 10 seconds for an answer, and
 * tries again only after 408, 429, 503 and 504, so a transient failure is answered 503 (azure-facts: Action groups).
 * An operator's deadline counts as it is; any other must be confirmed (R28, who may shorten).
 */
export async function takeNotices(
  services: Services,
  memory: InstanceMemory,
  request: HttpRequest,
  budgetMs: number,
  operator?: string,
): Promise<HttpResponseInit> {
  const deadline = later(services.clock.now(), budgetMs / 2);
  const text = await readBody(services, request, longestBytes);
  if (typeof text !== 'string') return problem(text);
  const notice = noticeFromAlert(parseJson(text), services.providers.serviceHealthNames);
  if (notice === 'unreadable') return problem(notAnAlert);
  if (typeof notice === 'string') return json(200, { affected: 0, reason: notice, detail: adviceFor(notice) });
  if (!operator) return taken(services, memory, await confirmed(services, notice), notice.demand, deadline);
  services.note('begun', { notice: notice.id, caller: operator });
  return taken(services, memory, [{ ...notice, caller: operator }], notice.demand, deadline);
}

const notAnAlert = {
  status: 400,
  title: 'Not an alert',
  detail: 'Send a Service Health alert in the common alert schema: enable it in the action group.',
};

/** Visits begin nothing in the second half of the budget, so that the answer counts what they began. */
async function taken(
  services: Services,
  memory: InstanceMemory,
  notices: readonly Notice[],
  demand: Demand,
  deadline: Date,
): Promise<HttpResponseInit> {
  try {
    const { affected, left } = await startAffected(services, memory, notices, deadline);
    if (left > 0) return tryLater('busy', soonSeconds);
    if (demand === 'regenerate') return json(202, { affected });
    const reason = reasonOf(demand);
    return json(200, { affected: 0, reason, detail: adviceFor(reason) });
  } catch (error) {
    if (error instanceof OperationError) return tryLater(error.reason, soonSeconds);
    throw error;
  }
}
