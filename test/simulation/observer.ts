import { createHmac } from 'node:crypto';
import {
  isUpdating,
  keysAt,
  stringToSign,
  type Call,
  type LocalAzure,
  type Resource,
  type Slot,
  type Vault,
} from '../../infra/azure-emulator/src/index.ts';
import { fingerprintOf, type Fingerprint } from '../../lib/model/sealed.ts';
import type { Consumers } from './consumers.ts';
import type { Fact } from './invariants.ts';
import type { Network } from './network.ts';
import { invocation } from './process.ts';
import { keyIn, secretName } from './resource.ts';

export interface Observed {
  readonly azure: LocalAzure;
  readonly resource: Resource;
  readonly vault: Vault;
  readonly network: Pick<Network, 'arriving'>;
  readonly consumers: Consumers;
  /** What went wrong in observing. */
  readonly errors: string[];
  record(fact: Fact): void;
}

export interface Observer {
  /** How many writes to the secret arrived when their sender no longer waited for them. */
  readonly lateWrites: number;
  /** Keys that the app, and not another, had replaced, in order. */
  readonly regenerated: readonly Slot[];
  /** Records what took effect by the passing of time. */
  catchUp(): void;
  /** Lets a person replace a key, and records it. */
  regenerateByPerson(slot: Slot, regenerate: () => void): void;
}

interface Deferred {
  readonly atMs: number;
  readonly fact: Fact;
}

/** Turns the journal of the local Azure into facts, each when it takes effect. */
export function observe(observed: Observed): Observer {
  const { azure, resource, consumers, record } = observed;
  const regenerated: Slot[] = [];
  const deferred = new Set<Deferred>();
  let lateWrites = 0;
  const nowMs = () => azure.clock.now().getTime();
  const known = fingerprints(keysAt(resource, nowMs()));

  function catchUp(): void {
    for (const fact of consumers.moved(azure.clock.now())) record(fact);
    for (const each of [...deferred].filter(({ atMs }) => atMs <= nowMs())) {
      deferred.delete(each);
      record(each.fact);
    }
  }
  /** The app is judged when it asks; what another asks for counts when it takes effect. */
  function recordRegenerate(call: Call): void {
    const { keyName, keyType } = JSON.parse(call.request.body) as { keyName?: Slot; keyType?: Slot };
    const slot = keyName ?? keyType ?? 'Primary';
    const last = resource.keys[slot].at(-1);
    const origin = originOf(observed);
    const made = fingerprintOf(last?.value ?? '');
    const atMs = Math.max(origin.at.getTime(), origin.by === 'keyturn' ? 0 : (last?.fromMs ?? 0));
    deferred.add({ atMs, fact: { is: 'regenerated', ...origin, slot, old: known[slot], made, at: new Date(atMs) } });
    known[slot] = made;
    if (origin.by === 'keyturn') regenerated.push(slot);
    catchUp();
  }
  /** A regeneration of the app that still runs replaces the person's key when it ends. */
  function regenerateByPerson(slot: Slot, regenerate: () => void): void {
    const old = fingerprints(keysAt(resource, nowMs()))[slot];
    regenerate();
    const made = fingerprints(keysAt(resource, nowMs()))[slot];
    record({ is: 'regenerated', at: azure.clock.now(), by: 'other', slot, old, made });
    const pending = resource.keys[slot].findLast(({ fromMs }) => fromMs > nowMs());
    known[slot] = pending ? fingerprintOf(pending.value) : made;
    if (!pending) return;
    const atMs = pending.fromMs;
    const fact = { is: 'regenerated', by: 'other', slot, old: made, made: known[slot], at: new Date(atMs) } as const;
    deferred.add({ atMs, fact });
  }
  azure.core.journal.on((call) => {
    try {
      catchUp();
      if (call.prevented || call.status === undefined || call.status >= 500) return;
      if (isRegenerate(call)) recordRegenerate(call);
      if (observed.network.arriving && /^(setSecret|updateSecret)$/.test(call.operation)) lateWrites += 1;
      for (const fact of factsOf(observed, call)) record(fact);
    } catch (error) {
      observed.errors.push(`the observer failed: ${String(error)}`);
    }
  });
  return {
    regenerated,
    get lateWrites() {
      return lateWrites;
    },
    catchUp,
    regenerateByPerson,
  };
}

function isRegenerate({ operation, status }: Call): boolean {
  return /\.regenerateKey$/.test(operation) && (status === 200 || status === 202);
}

function fingerprints(keys: Record<Slot, string>): Record<Slot, Fingerprint> {
  return { Primary: fingerprintOf(keys.Primary), Secondary: fingerprintOf(keys.Secondary) };
}

/** A request that arrives a second time counts as another's. */
function originOf({ azure, network: { arriving } }: Observed) {
  const at = azure.clock.now();
  if (!arriving) return { at, by: 'keyturn' as const };
  return arriving.is === 'duplicate'
    ? { at, by: 'other' as const }
    : { at, by: 'keyturn' as const, sentAt: arriving.sentAt };
}

type ToFacts = (observed: Observed, call: Call) => readonly Fact[];

const toFacts: Readonly<Record<string, ToFacts>> = {
  getSecret: readFacts,
  'batch.listKeys': keysListedFacts,
  'signalr.listKeys': keysListedFacts,
  'batch.regenerateKey': keysListedFacts,
  'batchData.applications': provedFacts,
  'signalrData.userExists': provedFacts,
  setSecret: writtenFacts,
  updateSecret: updateFacts,
  'web.refreshReferences': refreshedFacts,
};

/** The facts of a call that the service answered well. A user that does not exist is 404: an answer too. */
function factsOf(observed: Observed, call: Call): readonly Fact[] {
  const isGood = call.status === 200 || (call.status === 404 && call.operation === 'signalrData.userExists');
  return isGood ? (toFacts[call.operation]?.(observed, call) ?? []) : [];
}

/** A read outside a lease decides nothing. */
function readFacts({ azure, network }: Observed, { path }: Call): readonly Fact[] {
  const isKnown = !network.arriving && path.endsWith('/') && (invocation.getStore()?.leases ?? 1) > 0;
  return isKnown ? [{ is: 'read', at: azure.clock.now() }] : [];
}

function keysListedFacts({ azure, network, resource }: Observed): readonly Fact[] {
  const at = azure.clock.now();
  const isWorking = resource.kind === 'signalr' && isUpdating(azure.arm, resource, at.getTime());
  return network.arriving || isWorking ? [] : [{ is: 'keysListed', at }];
}

function provedFacts({ azure, resource }: Observed, call: Call): readonly Fact[] {
  const { method, authority, path, query, request } = call;
  const sent = new Request(`https://${authority}${path}${query}`, { method, headers: request.headers });
  const key = signerOf(resource, sent);
  return key === undefined ? [] : [{ is: 'proved', at: azure.clock.now(), key: fingerprintOf(key), accepted: true }];
}

function writtenFacts(observed: Observed): readonly Fact[] {
  const made = observed.vault.versions(secretName).at(-1);
  return made ? [writtenFact(made, originOf(observed))] : [];
}

type Origin = ReturnType<typeof originOf>;

/** A new version of the secret. */
export function writtenFact(
  { version, value, tags = {}, contentType, expiresOn }: ReturnType<Vault['versions']>[number],
  origin: Origin,
): Fact {
  const prints = { key: fingerprintOf(keyIn(value)), value: fingerprintOf(value) };
  const more = { ...(contentType && { contentType }), expires: expiresOn !== undefined };
  return { is: 'written', ...origin, version, ...prints, tags, ...more };
}

function updateFacts(observed: Observed, call: Call): readonly Fact[] {
  const version = call.path.split('/').at(-1) ?? '';
  const { tags, attributes } = JSON.parse(call.request.body) as {
    tags?: Record<string, string>;
    attributes?: { enabled?: boolean };
  };
  const change = { ...originOf(observed), version };
  return [
    ...(tags ? [{ is: 'tagged', ...change, tags } as const] : []),
    ...(attributes?.enabled === false ? [{ is: 'disabled', ...change } as const] : []),
  ];
}

function refreshedFacts(observed: Observed, { path }: Call): readonly Fact[] {
  const site = observed.consumers.sites.find(({ id }) => path.toLowerCase().startsWith(`${id.toLowerCase()}/`));
  return site ? [{ is: 'refreshed', ...originOf(observed), consumer: site.name, plan: site.plan }] : [];
}

/** Which of all keys the resource ever had signed a request to its data plane. */
function signerOf(resource: Resource, request: Request): string | undefined {
  const authorization = request.headers.get('authorization') ?? '';
  const signed = resource.kind === 'batch' ? sharedKey(resource.name, request) : bearer(authorization);
  const all = [...resource.keys.Primary, ...resource.keys.Secondary].map(({ value }) => value);
  return all.find((key) => authorization.endsWith(signed(key)));
}

type Signature = (key: string) => string;

function sharedKey(account: string, request: Request): Signature {
  const text = stringToSign(account, request);
  return (key) => createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
}

function bearer(authorization: string): Signature {
  const [header = '', payload = ''] = authorization.replace(/^Bearer /, '').split('.');
  return (key) => createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url');
}
