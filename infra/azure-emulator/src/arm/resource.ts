import type { Core } from '../shared/core.ts';

type Access = 'Allow' | 'Deny';

/** The place of a resource. Tests and demos may change its mutable properties at any time. */
export interface Located {
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  tags: Record<string, string>;
}

export interface Placed extends Located {
  /** `host` or `host:port` of the data plane. */
  readonly authority: string;
  publicNetworkAccess: 'Enabled' | 'Disabled';
  /** The decision of the network rules for callers outside every allowed range, which all callers here are. */
  networkDefaultAction: Access;
}

export interface Place {
  subscriptionId: string;
  resourceGroup: string;
  name: string;
  location: string;
}
export type Settable<R extends Placed> = Partial<
  Omit<R, keyof Place | 'kind' | 'id' | 'authority' | 'keyBytes' | 'keys' | 'timing' | 'refused'>
>;

export const noDelay: KeyTiming = { staleReadMs: 0, acceptAfterMs: 0, acceptReplacedMs: 0 };

export async function newResource(core: Core, type: string, host: string, keyBytes: number, place: Place) {
  const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
  return {
    id: `${group}/providers/${type}/${place.name}`,
    authority: await core.openAuthority(host),
    tags: {},
    publicNetworkAccess: 'Enabled' as const,
    networkDefaultAction: 'Allow' as const,
    keyBytes,
    keys: firstKeys(core, keyBytes),
    refused: new Set<string>(),
  };
}

export type Slot = 'Primary' | 'Secondary';

interface IssuedKey {
  readonly value: string;
  readonly fromMs: number;
}

/** Every value of a slot, oldest first. A value in the future belongs to a running operation. */
type KeyHistory = Record<Slot, readonly IssuedKey[]>;

/** How far the parts of the service lag behind each other. No delay is documented, so all are 0 unless set. */
export interface KeyTiming {
  /** `listKeys` returns the keys as they were this long ago. */
  staleReadMs: number;
  /** The data plane refuses a new key for this long. */
  acceptAfterMs: number;
  /** The data plane accepts a replaced key for this long. */
  acceptReplacedMs: number;
}

export interface KeyHolder {
  readonly keyBytes: number;
  readonly timing: KeyTiming;
  keys: KeyHistory;
  /** Current keys that the data plane refuses, which simulates a failure of the service. */
  readonly refused: Set<string>;
}

function firstKeys(core: Core, keyBytes: number): KeyHistory {
  const first = () => [{ value: newValue(core, keyBytes), fromMs: 0 }];
  return { Primary: first(), Secondary: first() };
}

/**
 * Gives a slot a new value, now or at the end of an operation. A direct call simulates a regeneration by another user.
 */
export function issueKey(core: Core, holder: KeyHolder, slot: Slot, fromMs = core.clock.now().getTime()): void {
  const issued = { value: newValue(core, holder.keyBytes), fromMs };
  const history = [...holder.keys[slot], issued].toSorted((one, other) => one.fromMs - other.fromMs);
  holder.keys = { ...holder.keys, [slot]: history };
}

/** Discards the values of operations that still run. */
export function dropPendingKeys(holder: KeyHolder, nowMs: number): void {
  const begun = (slot: Slot) => holder.keys[slot].filter((each) => each.fromMs <= nowMs);
  holder.keys = { Primary: begun('Primary'), Secondary: begun('Secondary') };
}

export function keysAt({ keys }: KeyHolder, atMs: number): Record<Slot, string> {
  const valueOf = (slot: Slot) => keys[slot].findLast((each) => each.fromMs <= Math.max(0, atMs))?.value ?? '';
  return { Primary: valueOf('Primary'), Secondary: valueOf('Secondary') };
}

/** Returns every key that the data plane accepts now. */
export function acceptedKeys({ keys, timing, refused }: KeyHolder, nowMs: number): string[] {
  const accepted = [keys.Primary, keys.Secondary].flatMap((history) =>
    history
      .filter((issued, index) => {
        const replacedMs = history[index + 1]?.fromMs ?? Infinity;
        const readyMs = issued.fromMs === 0 ? 0 : issued.fromMs + timing.acceptAfterMs;
        return readyMs <= nowMs && nowMs < replacedMs + timing.acceptReplacedMs;
      })
      .map(({ value }) => value),
  );
  return accepted.filter((value) => !refused.has(value));
}

function newValue(core: Core, bytes: number): string {
  const value = core.random(bytes).toString('base64');
  core.issued.add(value);
  return value;
}
