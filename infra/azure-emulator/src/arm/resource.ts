import type { Core } from '../shared/platform.ts';

type Access = 'Allow' | 'Deny';

/** Where a resource is; everything mutable on a resource may be changed by whoever plays a person. */
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
  /** What the network rules say to a caller outside of every allowed range, as every caller here is. */
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

/** Every value a slot has had, oldest first. One whose time has not come belongs to an operation that still runs. */
type KeyHistory = Record<Slot, readonly IssuedKey[]>;

/** How far the parts of the service lag behind each other. No delay is documented: all are 0 unless set. */
export interface KeyTiming {
  /** `listKeys` answers the keys as they were this long ago. */
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
  /** Keys that the data plane refuses although they are current: a failure of the service. */
  readonly refused: Set<string>;
}

function firstKeys(core: Core, keyBytes: number): KeyHistory {
  const first = () => [{ value: newValue(core, keyBytes), fromMs: 0 }];
  return { Primary: first(), Secondary: first() };
}

/** Gives a slot a new value, now or at the end of an operation. Called directly, it is somebody else regenerating. */
export function issueKey(core: Core, holder: KeyHolder, slot: Slot, fromMs = core.clock.now().getTime()): void {
  const issued = { value: newValue(core, holder.keyBytes), fromMs };
  const history = [...holder.keys[slot], issued].toSorted((one, other) => one.fromMs - other.fromMs);
  holder.keys = { ...holder.keys, [slot]: history };
}

/** Takes back what an operation that still runs was going to apply. */
export function dropPendingKeys(holder: KeyHolder, nowMs: number): void {
  const begun = (slot: Slot) => holder.keys[slot].filter((each) => each.fromMs <= nowMs);
  holder.keys = { Primary: begun('Primary'), Secondary: begun('Secondary') };
}

export function keysAt({ keys }: KeyHolder, atMs: number): Record<Slot, string> {
  const valueOf = (slot: Slot) => keys[slot].findLast((each) => each.fromMs <= Math.max(0, atMs))?.value ?? '';
  return { Primary: valueOf('Primary'), Secondary: valueOf('Secondary') };
}

/** Every key the data plane takes at this moment. */
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
