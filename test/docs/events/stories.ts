import { issueKey, type Effect, type Site } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { noticeType } from '../../../lib/triggers/notices/event.ts';
import { createTestApp, subscriptionId, type TestApp } from '../../support/createTestApp.ts';
import { cmkTags, grantKeyAccess, identities, newKey, requestKey } from '../../support/customerManagedKeys.ts';
import { raiseNotice } from '../../support/notices.ts';
import {
  certificatePolicy,
  createPoolCertificate,
  type PoolCertificateOptions,
} from '../../support/poolCertificates.ts';

/** A situation of a target, by a sentence. */
type Story = readonly [sentence: string, play: () => Promise<TestApp>];

/** Situations in which everything that can be announced is announced. */
export const stories: readonly Story[] = [
  ['a certificate that its owner renewed', () => renewed({})],
  ['a certificate on nodes that the app cannot read', () => renewed({}, hideNodes)],
  ['a certificate whose version a pool pins', () => renewed({ observed: (url, version) => `${url}/${version}` })],
  ['an option for a key that the service refuses, then withdrawn', keyWithdrawn],
  ['a rotation from its start to its end', () => due((app) => app.runTimers(3 * hour))],
  ['a target that is left alone at first', () => due((app) => app.sweep(), { KEYTURN_ADOPTION_GRACE: 'P1D' })],
  ['an emergency of a secret that was no target yet', () => due((app) => app.requestRotation())],
  ['an emergency by a caller who is known', () => due((app) => app.requestRotation({}, {}, 'anna@contoso.com'))],
  ['a notice that leaves less than the overlap', notice],
  ['a key that a person regenerated', repair],
  ['an immediate emergency whose consumers are down', emergency],
  ['an emergency whose end the service refuses', emergencyThatFails],
  ['a target that waits for consumers', waiting],
  ['a key that cannot be proved, and need not be', () => unproved({ RotationOptions: 'proof=best-effort' })],
  ['a key that cannot be proved', () => unproved({})],
  ['a service that is throttled', () => struck({ kind: 'status', status: 429 })],
  ['a service that refuses', () => struck({ kind: 'status', status: 400 })],
  ['a service that fails for a day', () => struck({ kind: 'status', status: 500 }, 26 * hour)],
  ['a lock that stays for a day', () => struck(locked, 26 * hour)],
  ['a rotation that needs a person', () => due((app) => app.runTimers(hour), {}, { RotationLead: 'whenever' })],
  ['a secret that is deleted', () => lost(({ vault }) => void vault.delete('secret'))],
  ['a secret that is untagged', () => lost(({ vault }) => void vault.updateTags('secret', {}))],
  ['a new version without tags', () => lost(({ vault }) => void vault.setSecret('secret', 'x', {}))],
  ['a service that fails for a day during the overlap', () => due(stuckLater)],
  ['a person who writes while the service works', interrupted],
  ['a visit whose lease another took', leaseLost],
  ['observing what was rotated before', observedLater],
  ['an account whose service has the keys', () => byService()],
  ['observing an account whose service has the keys', observedByService],
  ['an account that is disabled for a while', disabledForAWhile],
  ['observing', () => due((app) => app.runTimers(hour), { KEYTURN_MODE: 'observe' })],
  ['observing what is locked', () => struck(locked, hour, { KEYTURN_MODE: 'observe' })],
  ['observing what fails', () => struck({ kind: 'status', status: 500 }, hour, { KEYTURN_MODE: 'observe' })],
];

const locked: Effect = { kind: 'status', status: 409, body: { error: { code: 'ScopeLocked', message: 'A lock.' } } };

type Play = (app: TestApp) => Promise<unknown>;

async function due(play: Play, env: Record<string, string> = {}, tags: Record<string, string> = {}): Promise<TestApp> {
  const app = await createTestApp({ settings: env, events: 'published' });
  app.newSecret(await app.newBatch(), { tags });
  await play(app);
  return app;
}

/** Adopted, and not due for long. */
async function resting(env: Record<string, string> = {}, tags: Record<string, string> = {}) {
  const app = await createTestApp({ settings: env, events: 'published' });
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 5, tags });
  await app.sweep();
  return { app, account };
}

async function notice(): Promise<TestApp> {
  const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' }, events: 'published' });
  app.newSecret(await app.newSignalR(), { ageDays: 5 });
  await app.sweep();
  const impactMitigationTime = later(app.clock.now(), 20 * hour);
  raiseNotice(app, { trackingId: 'mail-1', impactMitigationTime });
  await app.keyturn.notice(noticeUntil(impactMitigationTime.toISOString()));
  return app;
}

/** As a mail relay would send it. */
function noticeUntil(deadline: string): object {
  const data = { subscriptions: [subscriptionId], regions: ['West Europe'], deadline };
  return { specversion: '1.0', type: noticeType, source: 'mail-relay', id: 'mail-1', data };
}

async function repair(): Promise<TestApp> {
  const { app, account } = await resting();
  issueKey(app.azure.core, account, 'Primary');
  for (let rounds = 0; rounds < 73; rounds += 1) {
    await app.sweep('verify');
    app.pass(5 * minute);
  }
  return app;
}

/** A web app that uses the secret and does not run. */
function stopped({ azure, vault }: TestApp): Site {
  const place = { subscriptionId, resourceGroup: 'group', location: 'westeurope' };
  const plan = `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.Web/serverfarms/plan`;
  const settings = { KEY: `${vault.uri}/secrets/secret/` };
  const site = azure.createSite({
    ...place,
    name: 'app',
    plan,
    tags: { KeyturnSecrets: 'kv/secret' },
    settings,
  });
  site.down = true;
  return site;
}

async function emergency(): Promise<TestApp> {
  const { app } = await resting();
  stopped(app);
  await app.requestRotation({ mode: 'immediate' });
  app.pass(6 * minute);
  await app.sweep();
  return app;
}

async function emergencyThatFails(): Promise<TestApp> {
  const { app } = await resting();
  stopped(app);
  await app.requestRotation({ mode: 'immediate' });
  app.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'status', status: 500 } });
  app.pass(6 * minute);
  await app.sweep();
  return app;
}

function waiting(): Promise<TestApp> {
  const play = async (app: TestApp) => {
    stopped(app);
    await app.runTimers(3 * hour);
  };
  return due(play, {}, { RotationOptions: 'wait-for-consumers' });
}

async function unproved(tags: Record<string, string>): Promise<TestApp> {
  const app = await createTestApp({ events: 'published' });
  app.newSecret(await app.newBatch({ networkDefaultAction: 'Deny' }), { tags });
  await app.runTimers(hour);
  return app;
}

function struck(effect: Effect, ms = hour, env: Record<string, string> = {}): Promise<TestApp> {
  const play = async (app: TestApp) => {
    app.azure.core.faults.plan({ operation: 'batch.listKeys', effect, lasting: true });
    await app.runTimers(ms, ms > day ? hour : 15 * minute);
  };
  return due(play, env);
}

async function lost(act: (app: TestApp) => void): Promise<TestApp> {
  const { app } = await resting();
  app.pass(day);
  act(app);
  await app.sweep();
  return app;
}

async function stuckLater(app: TestApp): Promise<void> {
  await app.sweep();
  app.azure.core.faults.plan({ operation: 'batch.listKeys', effect: { kind: 'status', status: 500 }, lasting: true });
  await app.runTimers(27 * hour, hour);
}

async function interrupted(): Promise<TestApp> {
  const app = await createTestApp({ events: 'published' });
  app.newSecret(await app.newSignalR());
  app.azure.core.journal.on(({ operation }) => {
    if (operation === 'signalr.regenerateKey') app.vault.updateTags('secret', { ...app.tags(), team: 'chat' });
  });
  await app.sweep();
  return app;
}

async function leaseLost(): Promise<TestApp> {
  const app = await createTestApp({ events: 'published' });
  const account = await app.newBatch();
  app.newSecret(account);
  let swept = Promise.resolve();
  const end = app.azure.core.journal.on(({ operation }) => {
    if (operation !== 'batch.listKeys') return;
    end();
    app.pass(2 * minute);
    void app.services.leases.withLease(normalizedId(account.id), () => swept);
  });
  swept = app.sweep('generate');
  await swept;
  return app;
}

/** There is nothing to rotate. */
async function byService(): Promise<TestApp> {
  const app = await createTestApp({ events: 'published' });
  const tags = { RotationKind: 'batch-cmk', CredentialId: '' };
  app.newSecret(await app.newBatch(), { value: 'MICROSOFT.BATCH', ageDays: 5, tags });
  await app.runTimers(hour);
  return app;
}

async function observedByService(): Promise<TestApp> {
  const app = await byService();
  app.pass(60 * day);
  const forbidden = { operation: 'batch.get', effect: { kind: 'status', status: 403 }, lasting: true } as const;
  const fault = app.azure.core.faults.plan(forbidden);
  await app.sweep('generate');
  fault.remove();
  app.pass(hour);
  await observeFromNowOn(app);
  return app;
}

const isDisabled: Effect = { kind: 'status', status: 403, body: { error: { code: 'AccountIsDisabled', message: '' } } };

/** It cannot be rotated, though due. */
async function disabledForAWhile(): Promise<TestApp> {
  const app = await createTestApp({ events: 'published' });
  app.newSecret(await app.newBatch());
  const fault = app.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: isDisabled, lasting: true });
  await app.runTimers(hour);
  fault.remove();
  await app.runTimers(hour);
  return app;
}

/** The same installation in observe mode. */
async function observedLater(): Promise<TestApp> {
  const { app } = await resting();
  app.pass(60 * day);
  await observeFromNowOn(app);
  return app;
}

async function observeFromNowOn(app: TestApp): Promise<void> {
  app.restart({ KEYTURN_MODE: 'observe' });
  await app.sweep('generate');
}

async function renewed(
  options: PoolCertificateOptions,
  arrange: (app: TestApp) => void = () => undefined,
): Promise<TestApp> {
  const app = await createTestApp({ events: 'published' });
  arrange(app);
  await createPoolCertificate(app, options);
  await app.sweep();
  await app.vault.createCertificate('tls', certificatePolicy);
  await app.runTimers(9 * hour, 5 * minute);
  return app;
}

function hideNodes({ azure: { core } }: TestApp): void {
  core.faults.plan({ operation: 'batchData.nodes', effect: { kind: 'status', status: 403 }, lasting: true });
}

/** The account was not created for customer-managed keys. */
async function keyWithdrawn(): Promise<TestApp> {
  const app = await createTestApp({ events: 'published' });
  app.vault.purgeProtection = true;
  const account = await app.newBatch({ identity: identities['system-assigned'], cmkAllowed: false });
  grantKeyAccess(account, app.vault);
  requestKey(account, newKey(app, app.vault, 'cmk'));
  app.newSecret(account, { value: 'MICROSOFT.BATCH', ageDays: 5, tags: cmkTags });
  await app.runTimers(hour);
  requestKey(account, undefined);
  await app.runTimers(3 * hour);
  return app;
}
