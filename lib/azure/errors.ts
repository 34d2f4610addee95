import { isRestError, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { parseJson } from '../model/json.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';

/**
 * The outermost policy of every client. The SDKs would throw errors that quote bodies, and a body may hold a key. So a
 * request ends in one of two ways: with an answer that the SDK can read, or with an `OperationError`, which has a
 * reason and at most a word of the service's vocabulary. All that may fail lies below this policy: tokens, time limits,
 * sockets, challenges, deserialization. What an SDK throws above it, `guarded` turns into an `OperationError` too.
 * Storage has wrappers of its own, see `blobs`.
 */
export const errorPolicy: PipelinePolicy = {
  name: 'operationErrors',
  sendRequest: async (request, next) => {
    const response = await next(request).catch((error: unknown) => {
      throw operationErrorFrom(error);
    });
    const { status, bodyAsText, headers } = response;
    if (status >= 300) throw refusal(status, codeIn(parseJson(bodyAsText)), headers.get('retry-after'));
    return response;
  },
};

const id = z.url();
const vaultAnswer = z.union([
  z.object({ id }),
  z.object({ key: z.object({ kid: id }) }),
  z.object({ value: z.array(z.union([z.object({ id }), z.object({ kid: id })])) }),
  z.object({ lifetimeActions: z.array(z.unknown()) }), // of a rotation policy, which needs no identifier
]);

/**
 * Key Vault's clients take a body that they do not know for an empty list. Such an answer ends here: nothing that is
 * missing in it is missing in the vault.
 */
export const vaultAnswerPolicy: PipelinePolicy = {
  name: 'vaultAnswers',
  sendRequest: async (request, next) => {
    const response = await next(request);
    const isReadable = response.status >= 300 || vaultAnswer.safeParse(parseJson(response.bodyAsText)).success;
    if (!isReadable) throw new OperationError('outage', { code: 'VaultAnswer' });
    return response;
  },
};

export function operationErrorFrom(error: unknown): OperationError {
  if (error instanceof OperationError) return error;
  if (isOfIdentity(error)) return new OperationError('identity-unavailable', identityCode(error));
  if (!isRestError(error) || error.statusCode === undefined) return new OperationError('outage', codeOf(error));
  const body = error.details ?? parseJson(error.response?.bodyAsText);
  const retryAfter = error.response?.headers.get('retry-after');
  return refusal(error.statusCode, codeIn(body) ?? wordOf(error.code), retryAfter);
}

/** `answered` means that the request has no effect: an answer of success that cannot be read does not say so. */
function refusal(status: number, code: string | undefined, retryAfter: string | undefined): OperationError {
  if (status < 300) return new OperationError('outage', { code: code ?? 'UnreadableAnswer' });
  const detail = { code, answered: status < 500 && status !== 408 };
  if (status === 429) return new OperationError('throttled', { ...detail, ...secondsOf(retryAfter) });
  return new OperationError(reasonFor(status, code ?? ''), detail);
}

/** The names of the errors that the credentials of `@azure/identity` throw: there is no token, for any service. */
const ofIdentity: ReadonlySet<string> = new Set([
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
]);

function isOfIdentity(error: unknown): error is Error {
  return error instanceof Error && ofIdentity.has(error.name);
}

/**
 * Returns the code of Microsoft Entra ID, of its client library or of the connection, or else the name of the error
 * that is the cause. The message is searched for nothing but an Entra code: it may quote the whole answer.
 */
function identityCode(error: Error): { code?: string | undefined } {
  const [entra] = /AADSTS\d{4,8}/.exec(error.message) ?? [];
  const { errorCode, cause, name } = error as Error & { errorCode?: unknown };
  const code = entra ?? wordOf(errorCode) ?? codeOf(error).code;
  if (code) return { code };
  return cause instanceof Error ? identityCode(cause) : { code: wordOf(name) };
}

/** Codes are invariant and decide where the status alone does not (azure-facts: Error codes). */
const byCode: Readonly<Record<string, Reason>> = {
  ScopeLocked: 'locked',
  ForbiddenByFirewall: 'firewall',
  ForbiddenByConnection: 'firewall',
  RequestDisallowedByPolicy: 'forbidden-by-policy',
  AccountIsDisabled: 'account-disabled', // Batch
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
function codeIn(body: unknown): string | undefined {
  const outer = errorObject(body);
  const inner = errorObject(outer?.['innererror'] ?? outer?.['innerError']);
  return wordOf(inner?.['code']) ?? wordOf(outer?.['code']);
}

function errorObject(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const object = value as Record<string, unknown>;
  return typeof object['error'] === 'object' ? errorObject(object['error']) : object;
}

/** A word of a service's vocabulary; key material is longer or has other characters. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_.]{2,39}$/.test(value) ? value : undefined;
}

function codeOf(error: unknown): { code?: string } {
  const code = error instanceof Error && 'code' in error ? wordOf(error.code) : undefined;
  return code ? { code } : {};
}

/** In seconds, as these services send it. */
function secondsOf(text: string | undefined): { retryAfterMs?: number } {
  return text && /^\d{1,6}$/.test(text) ? { retryAfterMs: Number(text) * 1000 } : {};
}
