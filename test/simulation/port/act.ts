import type { Slot } from '../../../lib/providers/accessKeys.ts';
import type { World } from './world.ts';

/** What a person, a tool or the service does behind our back. */
export interface Act {
  /** As a sentence: "a person … ". */
  readonly does: string;
  readonly act: (world: World) => void;
  /** The secret is not ours any more afterwards, or waits for a person: nothing is expected of its value. */
  readonly ends?: true;
}

export function live({ resource, secret, keyIn }: World): Slot {
  return resource.slotOf(keyIn(secret.current.value)) ?? 'Primary';
}

export function other(slot: Slot): Slot {
  return slot === 'Primary' ? 'Secondary' : 'Primary';
}
