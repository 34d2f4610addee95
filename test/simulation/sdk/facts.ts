import type { Call, LocalAzure, Resource, Vault } from '../../../infra/azure-emulator/src/index.ts';
import { fingerprintOf } from '../../../lib/model/sealed.ts';
import type { Fact } from '../promises.ts';
import type { Apps } from './apps.ts';
import { keyIn, signerOf } from './targets.ts';
import type { Wire } from './wire.ts';

export interface Observed {
  readonly azure: LocalAzure;
  readonly resource: Resource;
  readonly vault: Vault;
  readonly wire: Pick<Wire, 'arriving'>;
  readonly apps: Apps;
  /** What went wrong in observing. */
  readonly errors: string[];
  tell(fact: Fact): void;
}

/** Who did what happens now: nobody asked for a duplicate just then. */
export function actOf({ azure, wire }: Observed) {
  const { arriving } = wire;
  const at = azure.clock.now();
  if (!arriving) return { at, by: 'keyturn' as const };
  return arriving.is === 'duplicate'
    ? { at, by: 'other' as const }
    : { at, by: 'keyturn' as const, sentAt: arriving.sentAt };
}

type Teller = (observed: Observed, call: Call) => readonly Fact[];

const tellers: Readonly<Record<string, Teller>> = {
  getSecret: (observed, { path }) => (path.endsWith('/') ? seen(observed, 'read') : []),
  'batch.listKeys': (observed) => seen(observed, 'looked'),
  'signalr.listKeys': (observed) => seen(observed, 'looked'),
  'batch.regenerateKey': (observed) => seen(observed, 'looked'),
  'batchData.applications': proved,
  'signalrData.userExists': proved,
  setSecret: written,
  updateSecret: changed,
  'web.refreshReferences': refreshed,
};

/** What a call that the service answered well came to. A user nobody knows is 404: an answer too. */
export function factsOf(observed: Observed, call: Call): readonly Fact[] {
  const isGood = call.status === 200 || (call.status === 404 && call.operation === 'signalrData.userExists');
  return isGood ? (tellers[call.operation]?.(observed, call) ?? []) : [];
}

function seen({ azure, wire }: Observed, what: 'read' | 'looked'): readonly Fact[] {
  return wire.arriving ? [] : [{ is: what, at: azure.clock.now() }];
}

function proved({ azure, resource }: Observed, call: Call): readonly Fact[] {
  const { method, authority, path, query, request } = call;
  const sent = new Request(`https://${authority}${path}${query}`, { method, headers: request.headers });
  const key = signerOf(resource, sent);
  return key === undefined ? [] : [{ is: 'proved', at: azure.clock.now(), key: fingerprintOf(key), accepted: true }];
}

function written(observed: Observed): readonly Fact[] {
  const made = observed.vault.versions(secretName).at(-1);
  const value = made?.value ?? '';
  const prints = { key: fingerprintOf(keyIn(value)), value: fingerprintOf(value) };
  const { version = '', tags = {}, contentType, expiresOn } = made ?? {};
  const what = { version, tags, ...(contentType && { contentType }), expires: expiresOn !== undefined };
  return [{ is: 'written', ...actOf(observed), ...prints, ...what }];
}

/** The one secret of the world. */
export const secretName = 'target';

function refreshed(observed: Observed, { path }: Call): readonly Fact[] {
  const site = observed.apps.all.find(({ id }) => path.toLowerCase().startsWith(`${id.toLowerCase()}/`));
  return site ? [{ is: 'refreshed', ...actOf(observed), consumer: site.name, plan: site.plan }] : [];
}

function changed(observed: Observed, call: Call): readonly Fact[] {
  const version = call.path.split('/').at(-1) ?? '';
  const { tags, attributes } = JSON.parse(call.request.body) as {
    tags?: Record<string, string>;
    attributes?: { enabled?: boolean };
  };
  const act = { ...actOf(observed), version };
  return [
    ...(tags ? [{ is: 'tagged', ...act, tags } as const] : []),
    ...(attributes?.enabled === false ? [{ is: 'disabled', ...act } as const] : []),
  ];
}
