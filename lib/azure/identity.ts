import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { ManagedIdentityCredential } from '@azure/identity';
import { tokenLimitMs } from './timeLimit.ts';

/**
 * Returns the credential of the app's managed identity. Its client would ask for a token up to six times, for a minute
 * and more: the next visit asks instead (R3, no automatic retries). A token endpoint that never answers costs a socket
 * only for as long as a token may take (R31, time limit covers all).
 */
export function managedIdentity(clientId: string | undefined, http: HttpClient): TokenCredential {
  const httpClient: HttpClient = {
    sendRequest: (request) => {
      request.timeout = tokenLimitMs;
      return http.sendRequest(request);
    },
  };
  const options = { httpClient, retryOptions: { maxRetries: 0 }, ...(clientId && { clientId }) };
  return new ManagedIdentityCredential(options);
}
