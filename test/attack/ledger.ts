import {
  acceptedKeys,
  keysAt,
  type Call,
  type CloudEvent,
  type Resource,
  type Slot,
} from '../../infra/azure-emulator/src/index.ts';
import { later, minute, second } from '../../lib/model/clock.ts';
import type { Rotation } from '../../lib/model/state.ts';
import { stateFrom } from '../../lib/tags/stateTags.ts';
import type { AttackTarget, World } from './world.ts';

/** How a key ended. */
interface Ending {
  readonly at: Date;
  readonly by: 'app' | 'person';
  readonly sentAt: Date;
}

interface WrittenVersion {
  readonly key: string;
  readonly at: Date;
  readonly by: 'app' | 'person';
}

/** A live key that a person regenerated, until the secret holds a key that works. */
export interface Repair {
  readonly target: AttackTarget;
  readonly at: Date;
  readonly event: CloudEvent;
  /** Not so where a person had taken the tags away, and no sweep has found them again. */
  readonly isAdopted: boolean;
  doneAt?: Date;
}

/** Something that was planted, or that a person did, and that a repair had to wait for. */
export interface Excuse {
  readonly cause: string;
  readonly from: Date;
  /** Absent while it lasts. */
  to?: Date | undefined;
}

/** The cause of an excuse: a planted fault met a call about the target. */
export const callFailed = 'call failed';

/** An immediate emergency that was asked for, and the keys that it named. */
interface Immediate {
  readonly at: Date;
  readonly named: ReadonlySet<string>;
}

/**
 * Two requests of the app to regenerate one key in one step of one rotation, the first of which had shown its effect.
 */
interface DoubleRegeneration {
  readonly target: AttackTarget;
  readonly slot: Slot;
  readonly firstAt: Date;
  readonly secondAt: Date;
}

interface AppRegeneration {
  readonly at: Date;
  /** Since when `listKeys` shows it. */
  readonly shownMs: number;
  readonly regeneratedAgain: boolean;
}

/** What happened to one target: its keys, versions and people. */
interface History {
  readonly endings: Map<string, Ending>;
  readonly versions: WrittenVersion[];
  readonly immediates: Set<Immediate>;
  readonly repairs: Repair[];
  readonly excuses: Excuse[];
  readonly regenerations: Map<string, AppRegeneration>;
}

/** Records what happens to every target, from the calls of the app and from the acts of people. */
export interface Ledger {
  readonly doubles: readonly DoubleRegeneration[];
  readonly liveRegenerations: number;
  of(target: AttackTarget): History;
  /** A person acts on the target: what the app does next is no repetition of what it did before. */
  disturbed(target: AttackTarget): void;
  /** Lets a person regenerate a key, and records what ends. */
  regenerateByPerson(target: AttackTarget, slot: Slot): void;
  /** A person wrote a version. */
  wrote(target: AttackTarget): void;
  repairs(): readonly Repair[];
  /** Why a service refuses a key that a consumer holds: `undefined` where no person and no emergency explains it. */
  explain(target: AttackTarget, key: string): 'person' | 'emergency' | undefined;
}

export function createLedger(world: Pick<World, 'azure' | 'targets'>): Ledger {
  const { azure, targets } = world;
  const nowMs = () => azure.clock.now().getTime();
  const histories = new Map(targets.map((target) => [target, firstHistory(target)]));
  const byResource = new Map(targets.map((target) => [target.resource.id.toLowerCase(), target]));
  const bySecret = new Map(targets.map((target) => [`${target.vault.uri}/secrets/${target.name}`, target]));
  const doubles: DoubleRegeneration[] = [];
  let liveRegenerations = 0;

  function of(target: AttackTarget): History {
    const history = histories.get(target);
    if (!history) throw new Error(`${target.name} is no target of the attack.`);
    return history;
  }

  /** Regenerations of the app end a key when their operation ends. */
  function recordRegenerate(target: AttackTarget, slot: Slot, by: Ending['by'], sentAt: Date): void {
    const issued = target.resource.keys[slot];
    const [old, made] = issued.slice(-2);
    if (old && made) of(target).endings.set(old.value, { at: new Date(made.fromMs), by, sentAt });
  }

  function recordOwn(target: AttackTarget, call: Call): void {
    const { keyName, keyType } = JSON.parse(call.request.body) as { keyName?: Slot; keyType?: Slot };
    const slot = keyName ?? keyType ?? 'Primary';
    recordRegenerate(target, slot, 'app', call.at);
    const rotation = rotationOf(target);
    if (!rotation) return;
    const { regenerations } = of(target);
    const step = `${rotation.start.toISOString()} ${rotation.phase} ${slot}`;
    const before = regenerations.get(step);
    const at = azure.clock.now();
    const regeneratedAgain = rotation.regeneratedAgain === true;
    if (before && before.shownMs <= call.at.getTime() - second && before.regeneratedAgain === regeneratedAgain) {
      doubles.push({ target, slot, firstAt: before.at, secondAt: at });
    }
    const shownMs = target.resource.keys[slot].at(-1)?.fromMs ?? 0;
    regenerations.set(step, { at, shownMs, regeneratedAgain });
  }

  function recordVersion(target: AttackTarget, by: WrittenVersion['by']): void {
    const current = target.vault.current(target.name);
    if (!current) return;
    const history = of(target);
    history.versions.push({ key: target.keyIn(current.value), at: azure.clock.now(), by });
    const workingAt = worksFrom(target.resource, target.keyIn(current.value), nowMs());
    for (const repair of history.repairs) if (workingAt !== undefined) repair.doneAt ??= workingAt;
  }

  function recordFault({ at, operation, authority, path }: Call): void {
    if (operation === 'batchData.jobs' || operation === 'signalrData.send') return; // of consumers
    const place = `https://${authority}${path}`.toLowerCase();
    const isAbout = ({ resource, vault, name }: AttackTarget) =>
      authority === resource.authority ||
      place.includes(`${resource.id.toLowerCase()}/`) ||
      place.startsWith(`${vault.uri}/secrets/${name}/`);
    const target = targets.find(isAbout);
    if (target) of(target).excuses.push({ cause: callFailed, from: at, to: at });
  }

  azure.core.journal.on((call) => {
    if (call.fault !== undefined) recordFault(call);
    if (call.prevented || call.status === undefined || call.status >= 300) return;
    if (call.operation === 'setSecret') {
      const target = bySecret.get(`https://${call.authority}${call.path.replace(/\/$/, '')}`);
      if (target) recordVersion(target, 'app');
    }
    if (call.operation.endsWith('.regenerateKey')) {
      const target = byResource.get(call.path.toLowerCase().replace(/\/regeneratekeys?\/?$/, ''));
      if (target) recordOwn(target, call);
    }
  });

  return {
    doubles,
    get liveRegenerations() {
      return liveRegenerations;
    },
    of,
    disturbed: (target) => {
      of(target).regenerations.clear();
    },
    regenerateByPerson: (target, slot) => {
      const isLive = keysAt(target.resource, nowMs())[slot] === currentKey(target);
      const isAdopted = target.vault.current(target.name)?.tags?.['RotationRecord'] !== undefined;
      const event = azure.eventGrid.regenerate(target.resource, slot);
      recordRegenerate(target, slot, 'person', azure.clock.now());
      of(target).regenerations.clear();
      if (!isLive) return;
      liveRegenerations += 1;
      of(target).repairs.push({ target, at: azure.clock.now(), event, isAdopted });
    },
    wrote: (target) => {
      recordVersion(target, 'person');
    },
    repairs: () => [...histories.values()].flatMap(({ repairs }) => repairs),
    explain: (target, key) => explain(target, of(target), key),
  };
}

function firstHistory(target: AttackTarget): History {
  const current = target.vault.current(target.name);
  const versions = current ? [{ key: target.keyIn(current.value), at: current.createdOn, by: 'person' as const }] : [];
  const empty = {
    endings: new Map(),
    immediates: new Set<Immediate>(),
    repairs: [],
    excuses: [],
    regenerations: new Map(),
  };
  return { ...empty, versions };
}

export function currentKey({ vault, name, keyIn }: AttackTarget): string {
  return keyIn(vault.current(name)?.value ?? '');
}

/** The slot whose key the secret holds, if any. */
export function liveSlot(target: AttackTarget, nowMs: number): Slot | undefined {
  const { Primary, Secondary } = keysAt(target.resource, nowMs);
  const key = currentKey(target);
  return key === Primary ? 'Primary' : key === Secondary ? 'Secondary' : undefined;
}

function rotationOf({ vault, name }: AttackTarget): Rotation | undefined {
  const state = stateFrom(vault.current(name)?.tags ?? {});
  return typeof state === 'string' ? undefined : state.rotation;
}

/** Since when the resource accepts a key that it lists, or will; nothing for other keys. */
function worksFrom(resource: Resource, key: string, nowMs: number): Date | undefined {
  if (acceptedKeys(resource, nowMs).includes(key)) return new Date(nowMs);
  if (!Object.values(keysAt(resource, nowMs)).includes(key) || resource.refused.has(key)) return undefined;
  const issued = [...resource.keys.Primary, ...resource.keys.Secondary].find(({ value }) => value === key);
  return issued && new Date(issued.fromMs + resource.timing.acceptAfterMs);
}

/** Two clocks and whole seconds. */
const toleranceMs = 2 * second;
const immediateMs = 5 * minute;

function explain(target: AttackTarget, history: History, key: string): 'person' | 'emergency' | undefined {
  const { Primary, Secondary } = target.resource.keys;
  const issued = [...Primary, ...Secondary].find(({ value }) => value === key);
  if (!issued) return 'person'; // wrote it
  const ending = history.endings.get(key);
  if (ending) return isByPerson(history, key, ending) ? 'person' : explainByEmergency(target, history, key, ending);
  const isForRepair = history.repairs.some(({ at, doneAt }) => wasOpenIn(at, doneAt, issued.fromMs));
  return isForRepair ? 'person' : undefined;
}

/**
 * A person ended it, or published it when the app had read the secret and was about to replace the key (R6, fresh read
 * before write).
 */
function isByPerson({ versions }: History, key: string, { by, sentAt }: Ending): boolean {
  const published = versions.findLast((version) => version.key === key);
  const isTooLate = published?.by === 'person' && published.at.getTime() > sentAt.getTime() - minute;
  return by === 'person' || isTooLate;
}

/**
 * An immediate emergency leaves five minutes, or the overlap where that is shorter, since the version that replaced the
 * key. A request that names a former key ends it at once (R49, former credential kept).
 */
function explainByEmergency({ overlapMs }: AttackTarget, history: History, key: string, { at: endedAt }: Ending) {
  const last = history.versions.findLastIndex((version) => version.key === key && version.at < endedAt);
  const publishedAt = history.versions[last]?.at ?? endedAt;
  const immediates = [...history.immediates].filter(({ at }) => at <= endedAt && at >= publishedAt);
  if (immediates.some(({ named }) => named.has(key))) return 'emergency';
  const replacedAt = history.versions[last + 1]?.at ?? endedAt;
  const leftMs = endedAt.getTime() - replacedAt.getTime();
  const hasTime = leftMs >= Math.min(immediateMs, overlapMs) - toleranceMs;
  return immediates.length > 0 && hasTime ? 'emergency' : undefined;
}

/** A key that repairs a dead one is published before the service takes it. */
function wasOpenIn(from: Date, to: Date | undefined, ms: number): boolean {
  return from.getTime() <= ms + minute && (to === undefined || later(to, minute).getTime() >= ms);
}
