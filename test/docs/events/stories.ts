import { issueKey } from '../../../infra/azure-emulator/src/index.ts';
import type { Effect, Site } from '../../../infra/azure-emulator/src/index.ts';
import { keyturn } from '../../../lib/app.ts';
import { reporter } from '../../../lib/announcements/log.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { noticeType } from '../../../lib/triggers/notices/event.ts';
import { named } from '../../unit/triggers/http/resting.ts';
import { run } from '../../scenarios/situations/play.ts';
import { certificateStories } from './certificateStories.ts';
import { keyStories } from './keyStories.ts';
import { heard, type Heard, type Story } from './heard.ts';

const subscriptionId = '5ab5c000-0000-4000-8000-000000000001';

/** What happens to targets, so that everything that can be announced is. */
export const stories: readonly Story[] = [
  ...certificateStories,
  ...keyStories,
  ['a rotation from its start to its end', () => due((b) => run(b, 3 * hour))],
  ['a target that is left alone at first', () => due((b) => b.sweep(), { KEYTURN_ADOPTION_GRACE: 'P1D' })],
  ['an emergency of a secret that was no target yet', () => due((b) => b.post(named(b)))],
  ['a notice that leaves less than settle', notice],
  ['a key that somebody regenerated', repair],
  ['an immediate emergency whose consumers are down', emergency],
  ['an emergency whose end the service refuses', emergencyThatFails],
  ['consumers that somebody waits for', waiting],
  ['a key that cannot be proved, and need not be', () => unproved({ RotationOptions: 'proof=best-effort' })],
  ['a key that cannot be proved', () => unproved({})],
  ['a service that is throttled', () => struck({ kind: 'status', status: 429 })],
  ['a service that refuses', () => struck({ kind: 'status', status: 400 })],
  ['a service that fails for a day', () => struck({ kind: 'status', status: 500 }, 26 * hour)],
  ['a lock that stays for a day', () => struck(locked, 26 * hour)],
  ['a rotation that needs a person', () => due((b) => run(b, hour), {}, { RotationLead: 'whenever' })],
  ['a secret that is deleted', () => lost(({ vault }) => void vault.delete('secret'))],
  ['a secret that is untagged', () => lost(({ vault }) => void vault.updateTags('secret', {}))],
  ['a new version without tags', () => lost(({ vault }) => void vault.setSecret('secret', 'x', {}))],
  ['a service that fails for a day while it settles', () => due(stuckLater)],
  ['a person who writes while the service works', interrupted],
  ['a visit whose lease another took', leaseLost],
  ['observing what was rotated before', observedLater],
  ['an account whose service has the keys', () => byService()],
  ['observing an account whose service has the keys', observedByService],
  ['an account that is disabled for a while', disabledForAWhile],
  ['observing', () => due((b) => run(b, hour), { KEYTURN_MODE: 'observe' })],
  ['observing what is locked', () => struck(locked, hour, { KEYTURN_MODE: 'observe' })],
  ['observing what fails', () => struck({ kind: 'status', status: 500 }, hour, { KEYTURN_MODE: 'observe' })],
];

const locked: Effect = { kind: 'status', status: 409, body: { error: { code: 'ScopeLocked', message: 'A lock.' } } };

type Play = (b: Heard) => Promise<unknown>;

async function due(play: Play, env: Record<string, string> = {}, tags: Record<string, string> = {}): Promise<Heard> {
  const b = await heard(env);
  b.newSecret(await b.newBatch(), { tags });
  await play(b);
  return b;
}

/** Adopted, and not due for long. */
async function resting(env: Record<string, string> = {}, tags: Record<string, string> = {}) {
  const b = await heard(env);
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 5, tags });
  await b.sweep();
  return { b, account };
}

async function notice(): Promise<Heard> {
  const b = await heard({ KEYTURN_OVERLAP: 'PT25H' });
  b.newSecret(await b.newSignalR(), { ageDays: 5 });
  await b.sweep();
  await b.app.notice(noticeOf(b));
  return b;
}

/** As a mail relay would send it. */
function noticeOf({ clock }: Heard): object {
  const deadline = later(clock.now(), 20 * hour).toISOString();
  const data = { subscriptions: [subscriptionId], regions: ['West Europe'], deadline };
  return { specversion: '1.0', type: noticeType, source: 'mail-relay', id: 'mail-1', data };
}

async function repair(): Promise<Heard> {
  const { b, account } = await resting();
  issueKey(b.azure.core, account, 'Primary');
  for (let rounds = 0; rounds < 73; rounds += 1) {
    await b.sweep('verify');
    b.pass(5 * minute);
  }
  return b;
}

/** An app that uses the secret and does not run. */
function stopped({ azure, vault }: Heard): Site {
  const place = { subscriptionId, resourceGroup: 'group', location: 'westeurope' };
  const plan = `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.Web/serverfarms/plan`;
  const settings = { KEY: `${vault.uri}/secrets/secret/` };
  const site = azure.createSite({ ...place, name: 'app', plan, tags: { KeyturnSecrets: 'kv/secret' }, settings });
  site.down = true;
  return site;
}

async function emergency(): Promise<Heard> {
  const { b } = await resting();
  stopped(b);
  await b.post(named(b, { mode: 'immediate' }));
  b.pass(6 * minute);
  await b.sweep();
  return b;
}

async function emergencyThatFails(): Promise<Heard> {
  const { b } = await resting();
  stopped(b);
  await b.post(named(b, { mode: 'immediate' }));
  b.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'status', status: 500 } });
  b.pass(6 * minute);
  await b.sweep();
  return b;
}

function waiting(): Promise<Heard> {
  const play = async (b: Heard) => {
    stopped(b);
    await run(b, 3 * hour);
  };
  return due(play, {}, { RotationOptions: 'wait-for-consumers' });
}

async function unproved(tags: Record<string, string>): Promise<Heard> {
  const b = await heard();
  b.newSecret(await b.newBatch({ networkDefaultAction: 'Deny' }), { tags });
  await run(b, hour);
  return b;
}

function struck(effect: Effect, ms = hour, env: Record<string, string> = {}): Promise<Heard> {
  const play = async (b: Heard) => {
    b.azure.core.faults.plan({ operation: 'batch.listKeys', effect, lasting: true });
    await run(b, ms, ms > day ? hour : 15 * minute);
  };
  return due(play, env);
}

async function lost(act: (b: Heard) => void): Promise<Heard> {
  const { b } = await resting();
  b.pass(day);
  act(b);
  await b.sweep();
  return b;
}

async function stuckLater(b: Heard): Promise<void> {
  await b.sweep();
  b.azure.core.faults.plan({ operation: 'batch.listKeys', effect: { kind: 'status', status: 500 }, lasting: true });
  await run(b, 27 * hour, hour);
}

async function interrupted(): Promise<Heard> {
  const b = await heard();
  b.newSecret(await b.newSignalR());
  b.azure.core.journal.on(({ operation }) => {
    if (operation === 'signalr.regenerateKey') b.vault.updateTags('secret', { ...b.tags(), team: 'chat' });
  });
  await b.sweep();
  return b;
}

async function leaseLost(): Promise<Heard> {
  const b = await heard();
  const account = await b.newBatch();
  b.newSecret(account);
  let swept = Promise.resolve();
  const end = b.azure.core.journal.on(({ operation }) => {
    if (operation !== 'batch.listKeys') return;
    end();
    b.pass(2 * minute);
    void b.core.leases.withLease(normalizedId(account.id), () => swept);
  });
  swept = b.sweep('generate');
  await swept;
  return b;
}

/** There is nothing to rotate. */
async function byService(): Promise<Heard> {
  const b = await heard();
  const tags = { RotationKind: 'batch-cmk', CredentialId: '' };
  b.newSecret(await b.newBatch(), { value: 'MICROSOFT.BATCH', ageDays: 5, tags });
  await run(b, hour);
  return b;
}

async function observedByService(): Promise<Heard> {
  const b = await byService();
  b.pass(60 * day);
  const forbidden = { operation: 'batch.get', effect: { kind: 'status', status: 403 }, lasting: true } as const;
  const fault = b.azure.core.faults.plan(forbidden);
  await b.sweep('generate');
  fault.remove();
  b.pass(hour);
  await observeFromNowOn(b);
  return b;
}

const isDisabled: Effect = { kind: 'status', status: 403, body: { error: { code: 'AccountIsDisabled', message: '' } } };

/** It cannot be rotated, though due. */
async function disabledForAWhile(): Promise<Heard> {
  const b = await heard();
  b.newSecret(await b.newBatch());
  const fault = b.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: isDisabled, lasting: true });
  await run(b, hour);
  fault.remove();
  await run(b, hour);
  return b;
}

/** The same installation, which only looks from now on. */
async function observedLater(): Promise<Heard> {
  const { b } = await resting();
  b.pass(60 * day);
  await observeFromNowOn(b);
  return b;
}

async function observeFromNowOn(b: Heard): Promise<void> {
  const { topic, ...services } = b.core;
  const settings = { ...services.settings, mode: 'observe' } as const;
  const said = reporter(() => undefined, { ...services, settings, ...(topic && { topic }) });
  await keyturn({ ...services, settings, ...said }, new Map()).sweep('generate');
}
