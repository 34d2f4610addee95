import type { Core } from '../../shared/platform.ts';
import { armError } from '../errors.ts';
import { dropPendingKeys, issueKey } from '../resource.ts';
import type { ArmState } from '../state.ts';
import type { Operation, SignalRService } from './state.ts';

/** Begins a regeneration; its key counts, in `listKeys` and everywhere, from the operation's end. */
export function beginRegeneration(core: Core, state: ArmState, service: SignalRService, slot: Operation['slot']) {
  const startMs = core.clock.now().getTime();
  refuseOverlap(state, service, startMs);
  const { id: serviceId, subscriptionId, location, retryAfterSeconds } = service;
  const id = core.random(16).toString('hex');
  const endMs = startMs + service.regenerateMs;
  const begun = { id, serviceId, subscriptionId, location, slot, startMs, endMs, retryAfterSeconds };
  state.operations.set(id, begun);
  if (slot === 'Salt') service.saltRegenerations += 1;
  else issueKey(core, service, slot, endMs);
  return begun satisfies Operation;
}

export function isUpdating(state: ArmState, service: SignalRService, nowMs: number): boolean {
  return [...state.operations.values()].some((each) => each.serviceId === service.id && nowMs < each.endMs);
}

/** One regeneration at a time; the incident behind `overlapDropsFirst` is Azure/azure-webpubsub issue 68. */
function refuseOverlap(state: ArmState, service: SignalRService, nowMs: number): void {
  if (!isUpdating(state, service, nowMs)) return;
  if (service.overlapDropsFirst) dropPendingKeys(service, nowMs);
  throw armError(409, 'Conflict', 'Service must be active state.');
}
