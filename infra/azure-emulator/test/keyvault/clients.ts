import { CertificateClient } from '@azure/keyvault-certificates';
import { KeyClient } from '@azure/keyvault-keys';
import { credential } from '../../src/shells/inProcess.ts';
import { withVault } from '../inProcess.ts';

export const day = 86_400_000;

/** A vault at a fixed time with the real clients of keys and certificates. */
export async function withClients() {
  const bench = await withVault();
  const { azure, clock, vault, httpClient } = bench;
  const options = { httpClient, retryOptions: { maxRetries: 0 } };
  return {
    ...bench,
    keys: new KeyClient(vault.uri, credential(azure), options),
    certificates: new CertificateClient(vault.uri, credential(azure), options),
    inDays: (days: number) => new Date(clock.now().getTime() + days * day),
    /** A request by hand, for what the clients do not send. */
    async call(method: string, path: string, body?: object) {
      const { token } = await azure.core.tokens.issue('https://vault.azure.net');
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const url = `${vault.uri}${path}?api-version=2025-07-01`;
      const response = await azure.handle(
        new Request(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }),
      );
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}
