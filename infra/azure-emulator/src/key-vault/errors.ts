import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { HTTPException } from 'hono/http-exception';

interface Reason {
  readonly code: string;
  readonly message: string;
  /** Key Vault's second, finer code, for example `ForbiddenByRbac`. */
  readonly inner?: string;
}

/** An error in Key Vault's own form, for a route to throw. */
export function keyVaultError(
  status: ContentfulStatusCode,
  { code, message, inner }: Reason,
  headers: Record<string, string> = {},
): HTTPException {
  const error = inner === undefined ? { code, message } : { code, message, innererror: { code: inner } };
  return new HTTPException(status, { message, res: Response.json({ error }, { status, headers }) });
}

export function badParameter(message: string): HTTPException {
  return keyVaultError(400, { code: 'BadParameter', message });
}

export function forbidden(message: string, inner?: string): HTTPException {
  return keyVaultError(403, { code: 'Forbidden', message, ...(inner === undefined ? {} : { inner }) });
}

/** [terraform-provider-azurerm#5659] for secrets; keys by analogy. */
export function managedByCertificate(noun: string, act: string) {
  return forbidden(`Operation ${act} is not allowed: a certificate manages this object.`, `${noun}ManagedByKeyVault`);
}
