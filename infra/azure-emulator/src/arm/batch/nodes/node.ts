import type { Core } from '../../../shared/core.ts';
import type { VmExtension } from '../pools/schema.ts';
import type { BatchNode, NodeState } from '../state.ts';
import { runKeyVaultExtension } from './keyVaultExtension.ts';
import type { ExtensionContext, RunningExtension } from './keyVaultExtension.ts';

interface NodeContext extends ExtensionContext {
  readonly core: Core;
  readonly extensions: readonly VmExtension[];
  /** The time from boot until the node is usable. */
  readonly startMs: number;
  /** Whether the account's nodes are unavailable, and since when. */
  availability(): { readonly down: boolean; readonly sinceMs: number };
}

export function createNode(context: NodeContext, isDedicated: boolean, allocatedMs: number): BatchNode {
  const { core } = context;
  const nowMs = () => core.clock.now().getTime();
  let bootedMs = allocatedMs;
  let own: { readonly state: NodeState; readonly sinceMs: number } | undefined;
  let running = boot();

  function boot() {
    return context.extensions.map((each) => startExtension(each, context, bootedMs + context.startMs));
  }
  function catchUp(): void {
    for (const each of running) each.status();
  }
  function status() {
    const readyMs = bootedMs + context.startMs;
    if (nowMs() < readyMs) return { state: 'starting', sinceMs: bootedMs } as const;
    const { down, sinceMs } = context.availability();
    if (down) return { state: 'unusable', sinceMs: Math.max(sinceMs, readyMs) } as const;
    if (running.some((each) => each.blocksNode())) return { state: 'unusable', sinceMs: readyMs } as const;
    return { state: own?.state ?? 'idle', sinceMs: Math.max(own?.sinceMs ?? readyMs, sinceMs) };
  }
  // Work that is due now is done with the state of now, not with the state at the next request.
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
      if (nowMs() < bootedMs + context.startMs) return new Map();
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

/** Starts an extension on a node. Only the Key Vault extension does anything here. */
function startExtension(extension: VmExtension, context: ExtensionContext, startMs: number): RunningExtension {
  if (isForKeyVault(extension)) return runKeyVaultExtension(extension, context, startMs);
  const status = { extension, succeeded: true, message: 'Enable succeeded.', atMs: startMs };
  return { status: () => status, installed: () => new Map(), blocksNode: () => false };
}

function isForKeyVault({ publisher, type }: VmExtension): boolean {
  const types = ['keyvaultforlinux', 'keyvaultforwindows'];
  return publisher.toLowerCase() === 'microsoft.azure.keyvault' && types.includes(type.toLowerCase());
}
