import { parseEvent, type IncomingEvent } from '../../../../lib/triggers/events/incoming.ts';

const subscription = '/subscriptions/5ab5c000-0000-4000-8000-000000000001';
export const vaultId = `${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv`;
export const vaultUrls = ['https://kv.vault.azure.net', 'https://other.vault.azure.net'];

/** A CloudEvent as Event Grid delivers it; `more` says what is different. */
export function cloudEvent(more: object = {}): object {
  const time = '2026-03-02T01:00:00.1036736Z';
  return { specversion: '1.0', id: 'id-1', type: 'a.type', source: vaultId, subject: 'batch-key', time, ...more };
}

/** The same in Event Grid's own schema. */
export function gridEvent(more: object = {}): object {
  const eventTime = '2026-03-02T01:00:00.1036736Z';
  const versions = { dataVersion: '1', metadataVersion: '1' };
  return { id: 'id-1', eventType: 'a.type', topic: vaultId, subject: 'batch-key', eventTime, ...versions, ...more };
}

export function arrived(event: object): IncomingEvent {
  const came = parseEvent(JSON.parse(JSON.stringify(event)));
  if (!came) throw new Error('Not an event.');
  return came;
}
