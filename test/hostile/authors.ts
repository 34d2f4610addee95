import { createHash } from 'node:crypto';
import type { Resource } from '../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../lib/model/clock.ts';
import { fingerprintOf, type Fingerprint } from '../../lib/model/sealed.ts';
import { causes, modes, phases, type State } from '../../lib/model/state.ts';
import { resourceHash } from '../../lib/model/target.ts';
import { writeTags } from '../../lib/tags/tags.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { cmkTags, grantKeyAccess, identities, newKey, setKey } from '../support/customerManagedKeys.ts';
import { createPoolCertificate } from '../support/poolCertificates.ts';

/** Chooses by a seed: the nth choice is the same in every run. */
export type Choose = <T>(among: readonly T[]) => T;

export function chooserOf(seed: number): Choose {
  let nth = 0;
  return (among) => {
    const [byte = 0, more = 0] = createHash('sha256')
      .update(`${seed} ${(nth += 1)}`)
      .digest();
    const at = (byte * 256 + more) % among.length;
    for (const chosen of among.slice(at, at + 1)) return chosen;
    throw new Error('There is nothing to choose from.');
  };
}

/** The resources of other owners, at rest for weeks, and what anybody knows of them. */
interface Victim {
  readonly kind: string;
  readonly secret: string;
  readonly resource: Resource;
  /** Values that an author may know: names, keys that have ended, keys of another resource. */
  readonly values: readonly string[];
}

export interface Forged {
  readonly secret: string;
  readonly kind: string;
  /** Whether everything but the author's right would let it pass. */
  readonly isSound: boolean;
  readonly value: string;
}

const forgedPerWorld = 20;

/** What the authors of one vault reached. */
export interface Outcome {
  readonly forged: readonly Forged[];
  /** How many of them the app has looked at. */
  readonly visited: number;
  /** Resources, keys, certificates and secrets of others that were touched, as sentences. */
  readonly touched: readonly string[];
}

/** Lets twenty authors write forged secrets beside four victims, and judges what they reached within a day and a half. */
export async function runWorld(seed: number): Promise<Outcome> {
  const choose = chooserOf(seed);
  const { app, victims } = await createVictims();
  const before = standingOf(app, victims);
  const calls = app.azure.core.journal.calls.length;
  const forged = Array.from({ length: forgedPerWorld }, (_, nth) => forge(app, choose(victims), choose, nth));
  await app.runEvents(3 * hour);
  await app.runTimers(30 * hour, 3 * hour);
  const changes = app.azure.core.journal.calls.slice(calls).filter(isChange);
  const own = new Set(forged.map(({ secret }) => secret));
  const touched = [
    ...changes.flatMap(({ operation, path }) => (own.has(path.split('/')[2] ?? '') ? [] : [`${operation} ${path}`])),
    ...differences(before, standingOf(app, victims)),
    ...forged.flatMap(({ secret, value }) => leaksInto(app, secret, value, victims)),
  ];
  const visited = forged.filter(({ secret }) => app.tags(secret)['RotationPhase'] !== undefined).length;
  return { forged, visited, touched };
}

const changing =
  /^(batch\.update|(batch|signalr)\.regenerateKey|rotateKey|createKey|updateKey|createCertificate|updateCertificate(Policy)?|setSecret|updateSecret)$/;

function isChange({ operation, status = 0 }: { readonly operation: string; readonly status: number | undefined }) {
  return changing.test(operation) && status < 300;
}

async function createVictims(): Promise<{ app: TestApp; victims: readonly Victim[] }> {
  const app = await createTestApp({ events: 'delivered', settings: { KEYTURN_ADOPTION_GRACE: 'PT1H' } });
  app.vault.purgeProtection = true;
  const batch = await app.newBatch({ name: 'keyed' });
  const signalR = await app.newSignalR();
  const encrypted = await app.newBatch({
    name: 'encrypted',
    identity: identities['system-assigned'],
    cmkAllowed: true,
  });
  const first = newKey(app, app.vault, 'cmk');
  grantKeyAccess(encrypted, app.vault);
  setKey(encrypted, first);
  const ended = app.keys(batch).Secondary;
  const endedSignalR = app.keys(signalR).Secondary;
  app.newSecret(batch, { name: 'batch-victim', ageDays: 1 });
  app.newSecret(signalR, { name: 'signalr-victim', ageDays: 1 });
  app.newSecret(encrypted, { name: 'cmk-victim', value: first, ageDays: 1, tags: cmkTags });
  const { account, first: certificate } = await createPoolCertificate(app, { ageDays: 30 });
  const theirs = await app.newBatch({ name: 'theirs' });
  const unclaimed = await app.newBatch({
    name: 'unclaimed',
    identity: identities['system-assigned'],
    cmkAllowed: true,
  });
  const second = newKey(app, app.vault, 'cmk2');
  grantKeyAccess(unclaimed, app.vault);
  setKey(unclaimed, second);
  await app.runEvents(4 * hour);
  for (const resource of [batch, signalR]) app.azure.eventGrid.regenerate(resource, 'Secondary');
  await app.runEvents(3 * hour);
  const random = createHash('sha512').update('of the author').digest('base64');
  const keys = [ended, random, app.keys(theirs).Primary, ` ${ended}\n`, ''];
  const strings = [endedSignalR, random].flatMap((key) => [
    key,
    `Endpoint=https://${signalR.authority};AccessKey=${key};Version=1.0;`,
    `Endpoint=https://evil.example;AccessKey=${key}`,
  ]);
  const names = [first, first.slice(0, first.lastIndexOf('/')), 'Microsoft.Batch', `${app.vault.uri}/keys/other`];
  const identifiers = [certificate, certificate.slice(0, certificate.lastIndexOf('/')), `${app.vault.uri}/secrets/tls`];
  return {
    app,
    victims: [
      { kind: 'batch-key', secret: 'batch-victim', resource: batch, values: keys },
      { kind: 'signalr-key', secret: 'signalr-victim', resource: signalR, values: strings },
      { kind: 'batch-cmk', secret: 'cmk-victim', resource: encrypted, values: names },
      { kind: 'pool-certificate', secret: 'secret', resource: account, values: identifiers },
      { kind: 'pool-certificate', secret: 'secret', resource: theirs, values: identifiers },
      { kind: 'batch-cmk', secret: 'cmk-victim', resource: unclaimed, values: [second, 'Microsoft.Batch'] },
      { kind: 'batch-key', secret: 'batch-victim', resource: unclaimed, values: keys },
    ],
  };
}

/** Writes one forged secret, with a state that the app's own codec writes, and an address that names the victim. */
function forge(app: TestApp, victim: Victim, choose: Choose, nth: number): Forged {
  const { kind, values } = victim;
  const secret = `forged-${nth}`;
  const isSound = nth % 2 === 0;
  const value = choose(values);
  const tags = ownerTags(victim, value, choose, isSound);
  const state = stateTags(app, victim, value, choose);
  const copied = app.vault.current(victim.secret)?.tags ?? {};
  const { RotationRecord = '', RotationProgress = '' } = copied;
  const forgedState = isSound
    ? state
    : choose([state, { RotationRecord, RotationProgress }, { ...state, RotationRecord }, {}]);
  app.vault.setSecret(secret, value || 'x', {
    tags: { ...tags, ...forgedState },
    createdOn: later(app.clock.now(), -9 * day),
  });
  return { secret, kind, isSound, value };
}

/** Tags as an owner would write them, or odd ones. */
function ownerTags(
  { kind, resource }: Victim,
  value: string,
  choose: Choose,
  isSound: boolean,
): Record<string, string> {
  const options = ['', 'disable-old-version', 'disable-old-version auto-renew', 'proof=best-effort'];
  const common = {
    ProviderAddress: choose([resource.id, resource.id.toUpperCase(), `${resource.id}/`]),
    ValidityPeriodDays: choose(['1', '3', '90']),
    RotationOverlap: choose(['PT0S', 'PT1H', 'PT25H']),
    RotationOptions: choose(options),
  };
  const other: Record<string, string> = kind === 'batch-cmk' ? { RotationKey: 'Microsoft.Batch' } : {};
  if (isSound) return { ...common, ...kindTag(kind), CredentialId: '', ...choose([{}, other]) };
  const word = choose(['', 'Primary', 'Secondary', value.split('/').at(-1) ?? '']);
  const odd: Record<string, string> = choose([{}, { RotationPaused: 'true' }, { RotationKey: 'Microsoft.Batch' }]);
  return { ...common, ...kindTag(choose([kind, 'batch-cmk', 'pool-certificate'])), CredentialId: word, ...odd };
}

function kindTag(kind: string): Record<string, string> {
  return kind === 'signalr-key' ? {} : { RotationKind: kind };
}

function stateTags(app: TestApp, { resource, secret }: Victim, value: string, choose: Choose): Record<string, string> {
  const keys = Object.values(app.keys(resource)).map(fingerprintOf);
  const known: readonly Fingerprint[] = [...keys, fingerprintOf(app.vault.current(secret)?.value ?? '')];
  const now = app.clock.now();
  const state: State = {
    refusals: 0,
    stateBinding: {
      installation: app.services.installation,
      resource: resourceHash(resource.id),
      value: fingerprintOf(value),
      credentials: choose([
        [],
        [{ id: 'Primary', fingerprint: fingerprintOf(value) }],
        known.map((fingerprint, nth) => ({ id: nth === 0 ? 'Primary' : 'Secondary', fingerprint })).slice(0, 2),
      ]),
    },
    rotation: choose([true, true, false])
      ? {
          phase: choose(phases),
          cause: choose(causes),
          mode: choose(modes),
          start: later(now, -choose([minute, hour, 3 * day])),
          toRevoke: choose([known.slice(0, 3), known.slice(0, 1), []]),
          oldVersion: choose([undefined, 'f'.repeat(32)]),
          deadline: choose([undefined, later(now, hour)]),
          tookOver: choose([undefined, true]),
        }
      : undefined,
    lastRotation: choose([undefined, later(now, -400 * day)]),
    isSuspect: choose([undefined, true]),
  };
  const { RotationRecord = '', RotationProgress = '' } = writeTags({}, state, undefined);
  return { RotationRecord, RotationProgress };
}

/** Everything of the victims that no author may change. */
function standingOf(app: TestApp, victims: readonly Victim[]): Readonly<Record<string, string>> {
  const versions = (name: string) =>
    app.vault.versions(name).map(({ version, value, enabled }) => [version, value, enabled]);
  const ofCertificate = app.vault.certificate('tls');
  return {
    ...Object.fromEntries(victims.map(({ resource }) => [resource.id, JSON.stringify(app.keys(resource))])),
    ...Object.fromEntries(victims.map(({ secret }) => [`secret ${secret}`, JSON.stringify(versions(secret))])),
    ...Object.fromEntries(
      ['cmk', 'cmk2'].map((name) => [
        `key ${name}`,
        JSON.stringify(app.vault.keys.versions(name).map(({ version, enabled }) => [version, enabled])),
      ]),
    ),
    certificate: JSON.stringify(ofCertificate.versions.map(({ version, enabled }) => [version, enabled])),
    policy: JSON.stringify(ofCertificate.policy),
    encryption: JSON.stringify(
      victims.flatMap(({ resource }) => ('encryption' in resource ? [resource.encryption] : [])),
    ),
  };
}

function differences(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(before).flatMap((name) => (before[name] === after[name] ? [] : [`${name} changed`]));
}

/** A key of a victim must never come into the secret of an author. */
function leaksInto(app: TestApp, secret: string, value: string, victims: readonly Victim[]): readonly string[] {
  const keys = victims.flatMap(({ resource }) => Object.values(app.keys(resource)));
  const found = app.vault
    .versions(secret)
    .filter((one) => keys.some((key) => one.value.includes(key) && !value.includes(key)));
  return found.map(() => `a key of another came into ${secret}`);
}
