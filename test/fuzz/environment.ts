import type { Call, HealthEvent, Resource } from '../../infra/azure-emulator/src/index.ts';
import { hour, later, minute } from '../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { cmkTags, grantKeyAccess, identities, newKey, setKey } from '../support/customerManagedKeys.ts';
import { raiseNotice } from '../support/notices.ts';
import { createPoolCertificate } from '../support/poolCertificates.ts';

/** Targets of every kind at rest. No time passes, so nothing becomes due. */
export interface FuzzEnvironment {
  readonly app: TestApp;
  readonly resources: Readonly<Record<'batch' | 'signalr' | 'encrypted' | 'account', Resource>>;
  /** It was answered by the rotation of the SignalR target. */
  readonly notice: HealthEvent;
  /** What an input did. */
  observe(act: () => Promise<unknown>): Promise<Observed>;
}

export interface Observed {
  /** Requests to Resource Manager and the vaults, without challenges. */
  readonly calls: number;
  readonly blobOperations: number;
  /** Everything that changed, or was asked of another host. */
  readonly effects: readonly string[];
  /** Reasons that were noted. */
  readonly notes: readonly string[];
}

/** The rotation of a target at rest is not older than this. */
export const noticeAgeMs = 48 * hour;

export async function createFuzzEnvironment(): Promise<FuzzEnvironment> {
  const { app, account } = await createPoolCertificate(await createTestApp({ events: 'delivered' }));
  app.vault.purgeProtection = true;
  const batch = await app.newBatch({ name: 'renders' });
  const signalr = await app.newSignalR({ name: 'chat' });
  const encrypted = await app.newBatch({
    name: 'encrypted',
    identity: identities['system-assigned'],
    cmkAllowed: true,
  });
  grantKeyAccess(encrypted, app.vault);
  const key = newKey(app, app.vault, 'cmk');
  setKey(encrypted, key);
  app.newSecret(batch, { name: 'batch', ageDays: 1 });
  app.newSecret(signalr, { name: 'signalr' }); // due: a rotation answers every notice that is older
  app.newSecret(encrypted, { name: 'cmk', value: key, ageDays: 1, tags: cmkTags });
  app.vault.setSecret('other', 'of another application', { tags: { team: 'rendering' } });
  await app.run(80 * minute);
  const start = later(app.clock.now(), -noticeAgeMs);
  const notice = raiseNotice(app, { impactStartTime: start, lastUpdateTime: start });
  return { app, resources: { batch, signalr, encrypted, account }, notice, observe: (act) => observe(app, act) };
}

async function observe(app: TestApp, act: () => Promise<unknown>): Promise<Observed> {
  const { journal } = app.azure.core;
  const before = { state: stateOf(app), blobs: app.blobOperations.length, notes: app.messages.length };
  const first = journal.calls.length;
  await act();
  const calls = journal.calls.slice(first);
  const state = stateOf(app);
  const changed = Object.keys(state).filter((part) => state[part] !== before.state[part]);
  return {
    calls: calls.filter(({ service, status }) => (service === 'arm' || service === 'key-vault') && status !== 401)
      .length,
    blobOperations: app.blobOperations.length - before.blobs,
    effects: [
      ...changed.map((part) => `changed ${part}`),
      ...calls.filter(isUnexpected).map(({ method, authority, path }) => `sent ${method} ${authority}${path}`),
      ...app.blobOperations.slice(before.blobs).filter((operation) => writing.test(operation)),
    ],
    notes: app.messages.slice(before.notes).map(({ data }) => data.reason),
  };
}

/** Leases are taken and given back; nothing else is written to a blob. */
const writing = /^(create|setMetadata|remove|container)$/;

/** A request that no service knows, or that is no read. */
function isUnexpected({ service, operation, method, path }: Call): boolean {
  const isReading = method === 'GET' || method === 'HEAD' || /\/(listKeys|resources)$/i.test(path);
  return service === 'unmatched' || operation === 'unmatched' || !isReading;
}

/** Everything beside requests that an input could change, as text. */
function stateOf({ vault, leases, claims, clock }: TestApp): Readonly<Record<string, string>> {
  const leased = [...leases.blobs].map(([name, { metadata }]) => [name, metadata]);
  return {
    secrets: JSON.stringify(vault.list('active')),
    leases: JSON.stringify(leased),
    claims: JSON.stringify([...claims.blobs]),
    clock: clock.now().toISOString(),
  };
}
