import { refusal } from './refusal.ts';

export type Provider =
  'Microsoft.Batch' | 'Microsoft.SignalRService' | 'Microsoft.ResourceGraph' | 'Microsoft.Web' | 'Microsoft.App';

/** The stable versions that today's clients send or Microsoft's documents name. */
const supported = {
  'Microsoft.Batch': ['2023-11-01', '2024-07-01', '2025-06-01'],
  'Microsoft.SignalRService': ['2023-02-01', '2024-03-01'],
  'Microsoft.ResourceGraph': ['2021-03-01', '2022-10-01', '2024-04-01'],
  'Microsoft.Web': ['2022-03-01', '2023-12-01', '2024-11-01'],
  'Microsoft.App': ['2024-03-01', '2025-01-01'],
} satisfies Record<Provider, string[]>;

export function assertVersion(provider: Provider, version: string | null): void {
  if (!version) {
    throw refusal(400, 'MissingApiVersionParameter', 'Every request needs the query parameter api-version.');
  }
  if (supported[provider].includes(version)) return;
  const known = supported[provider].join(', ');
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
    throw refusal(400, 'InvalidApiVersionParameter', `'${version}' is no api-version. Supported: ${known}.`);
  }
  throw refusal(400, 'NoRegisteredProviderFound', `${provider} has no api-version ${version}. Supported: ${known}.`);
}
