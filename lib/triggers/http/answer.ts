import type { HttpMethod, HttpRequest, HttpResponseInit } from '@azure/functions';
import { OperationError } from '../../model/operationError.ts';
import { adviceFor } from '../../model/reason.ts';
import { SettingsError } from '../../model/settingsError.ts';
import { problem, tryLater } from './problem.ts';

export const everyMethod = [
  'POST',
  'GET',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
] as const satisfies readonly HttpMethod[];

type Handler<App> = (app: App, request: HttpRequest) => HttpResponseInit | Promise<HttpResponseInit>;

/** The methods that a route serves. */
export type Methods<App> = Partial<Record<'GET' | 'POST', Handler<App>>>;

interface Route<App> {
  methodsOf(request: HttpRequest): Methods<App>;
  /** Returns the app. Throws a `SettingsError` where it cannot start. */
  open(): App;
  /** Takes what a handler threw. */
  report(error: unknown): void;
}

/**
 * Answers a request whatever is thrown on the way, a refused method and a bug among it.
 *
 * A handler must not throw where bodies are streams: the host would wait for an answer that never comes (azure-facts:
 * Functions host). So every route ends here, and what it threw goes to `report` and not to the caller.
 */
export async function answerRequest<App>(
  request: HttpRequest,
  { methodsOf, open, report }: Route<App>,
): Promise<HttpResponseInit> {
  try {
    const methods = methodsOf(request);
    const handler = Object.entries(methods).find(([method]) => method === request.method)?.[1];
    return handler ? await handler(open(), request) : notAllowed(Object.keys(methods).join(', '));
  } catch (error) {
    if (error instanceof OperationError) return tryLater(error.reason, 30);
    report(error);
    return error instanceof SettingsError ? wrongSettings(error) : internalError();
  }
}

/** Refuses a method that the route does not serve. */
export function notAllowed(allow: string): HttpResponseInit {
  const detail = `This route serves ${allow}.`;
  return problem({ status: 405, title: 'Method not allowed', detail }, { Allow: allow });
}

function wrongSettings({ names }: SettingsError): HttpResponseInit {
  const reason = 'bad-settings';
  const detail = `${adviceFor(reason)} They are: ${names.join(', ')}.`;
  return problem({ status: 503, title: 'Settings wrong', detail, reason, settings: names }, { 'Retry-After': '60' });
}

function internalError(): HttpResponseInit {
  const reason = 'internal';
  return problem({ status: 500, title: 'Internal error', detail: adviceFor(reason), reason });
}
