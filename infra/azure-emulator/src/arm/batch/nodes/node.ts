import type { Core } from '../../../core.ts';
import type { VmExtension } from '../pools/definition.ts';
import { startExtension } from './extension.ts';
import type { ExtensionGround, ExtensionStatus } from './keyVaultExtension.ts';

/** What a person, a task or a failing machine makes of a node that is up. */
type NodeState = 'idle' | 'running' | 'offline' | 'unusable' | 'rebooting' | 'unknown' | 'preempted';

/** A compute node. What it is at a moment follows from the clock. */
export interface BatchNode {
  readonly id: string;
  readonly isDedicated: boolean;
  readonly allocatedMs: number;
  readonly bootedMs: number;
  readonly status: { readonly state: NodeState | 'starting'; readonly sinceMs: number };
  /** By the name of the extension; none before the node is ready. */
  readonly extensions: ReadonlyMap<string, ExtensionStatus>;
  /** The version of each observed certificate in the node's store, by its address; no API tells it. */
  readonly installed: ReadonlyMap<string, string>;
  /** Lets its extensions do what has come due. */
  catchUp(): void;
  become(state: NodeState): void;
  restart(): void;
}

export interface NodeGround extends ExtensionGround {
  readonly core: Core;
  readonly extensions: readonly VmExtension[];
  /** From boot until it is usable. */
  readonly startMs: number;
  /** Whether the account's nodes are unavailable, and since when they are or are not. */
  availability(): { readonly down: boolean; readonly sinceMs: number };
}

export function createNode(ground: NodeGround, isDedicated: boolean, allocatedMs: number): BatchNode {
  const { core } = ground;
  const nowMs = () => core.clock.now().getTime();
  let bootedMs = allocatedMs;
  let own: { readonly state: NodeState; readonly sinceMs: number } | undefined;
  let running = boot();

  function boot() {
    return ground.extensions.map((each) => startExtension(each, ground, bootedMs + ground.startMs));
  }
  function catchUp(): void {
    for (const each of running) each.status();
  }
  function status() {
    const readyMs = bootedMs + ground.startMs;
    if (nowMs() < readyMs) return { state: 'starting', sinceMs: bootedMs } as const;
    const { down, sinceMs } = ground.availability();
    if (down) return { state: 'unusable', sinceMs: Math.max(sinceMs, readyMs) } as const;
    if (running.some((each) => each.blocksNode())) return { state: 'unusable', sinceMs: readyMs } as const;
    return { state: own?.state ?? 'idle', sinceMs: Math.max(own?.sinceMs ?? readyMs, sinceMs) };
  }
  // What is due at once is done as things are now, not as they will be when somebody looks.
  catchUp();
  return {
    id: `tvmps_${core.random(32).toString('hex')}_${isDedicated ? 'd' : 'p'}`,
    isDedicated,
    allocatedMs,
    get bootedMs() {
      return bootedMs;
    },
    get status() {
      return status();
    },
    get extensions() {
      if (nowMs() < bootedMs + ground.startMs) return new Map();
      return new Map(running.map((each) => each.status()).map((each) => [each.extension.name, each]));
    },
    get installed() {
      return new Map(running.flatMap((each) => [...each.installed()]));
    },
    catchUp,
    become(state) {
      own = { state, sinceMs: nowMs() };
    },
    restart() {
      bootedMs = nowMs();
      own = undefined;
      running = boot();
      catchUp();
    },
  };
}
