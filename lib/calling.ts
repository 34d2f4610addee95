import { RestError } from '@azure/core-rest-pipeline';
import { Failure } from './model/failure.ts';
import type { Reason } from './model/reason.ts';

/** Runs an SDK call and turns whatever it throws into a `Failure`. No message and no body crosses this line. */
export async function calling<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failureFrom(error);
  }
}

export function failureFrom(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!isRestError(error) || error.statusCode === undefined) return new Failure('outage', codeOf(error));
  const code = serviceCode(error);
  const detail = { ...(code && { code }), answered: error.statusCode < 500 && error.statusCode !== 408 };
  if (error.statusCode === 429) return new Failure('throttled', { ...detail, ...retryAfter(error) });
  return new Failure(reasonFor(error.statusCode, code ?? ''), detail);
}

function isRestError(error: unknown): error is RestError {
  return error instanceof RestError || (error instanceof Error && error.name === 'RestError');
}

/** Codes are invariant and decide where the status alone does not (azure-facts 11). */
const byCode: Readonly<Record<string, Reason>> = {
  ScopeLocked: 'locked',
  ForbiddenByFirewall: 'firewall',
  ForbiddenByConnection: 'firewall',
  ForbiddenByPolicy: 'forbidden-by-policy',
  RequestDisallowedByPolicy: 'forbidden-by-policy',
  SecretDisabled: 'secret-disabled',
  SecretNotFound: 'secret-missing',
  ObjectIsDeletedButRecoverable: 'secret-deleted',
  ObjectIsBeingDeleted: 'secret-deleted',
};

const byStatus: Readonly<Record<number, Reason>> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'resource-missing',
  408: 'outage',
  409: 'service-working',
};

function reasonFor(status: number, code: string): Reason {
  return byCode[code] ?? byStatus[status] ?? (status >= 500 ? 'outage' : 'refused');
}

/** The innermost code that is a word: never a message. */
function serviceCode(error: RestError): string | undefined {
  const outer = errorObject(error.details) ?? errorObject(parsedBody(error));
  const inner = errorObject(outer?.['innererror'] ?? outer?.['innerError']);
  return [inner?.['code'], outer?.['code'], error.code].find(isCode);
}

function parsedBody({ response }: RestError): unknown {
  try {
    return JSON.parse(response?.bodyAsText ?? '');
  } catch {
    return undefined;
  }
}

function errorObject(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const object = value as Record<string, unknown>;
  return typeof object['error'] === 'object' ? errorObject(object['error']) : object;
}

/** A word of a service's vocabulary; key material is longer or has other characters. */
function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_.]{2,39}$/.test(value);
}

function codeOf(error: unknown): { code?: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return isCode(code) ? { code } : {};
}

/** In seconds, as these services send it. */
function retryAfter({ response }: RestError): { retryAfterMs?: number } {
  const text = response?.headers.get('retry-after');
  return text && /^\d+$/.test(text) ? { retryAfterMs: Number(text) * 1000 } : {};
}
