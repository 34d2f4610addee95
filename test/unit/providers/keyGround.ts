import { keysAt } from '../../../infra/azure-emulator/src/index.ts';
import type { LocalAzure, Resource, Slot } from '../../../infra/azure-emulator/src/index.ts';
import type { ProviderInput } from '../../../lib/providers/provider.ts';
import type { Ground, Kind, Stage } from './stage.ts';

export const slots = ['Primary', 'Secondary'] as const;

/** A resource with two keys. */
export interface KeyGround<R extends Resource = Resource> extends Ground {
  readonly resource: R;
  keys(): Record<Slot, string>;
  /** What a secret says where it holds this key. */
  text(key: string): string;
  /** Turns shared keys off, as a careful owner does. */
  disable(): void;
}

export interface KeyKind<R extends Resource = Resource> extends Kind<KeyGround<R>> {
  readonly listKeys: string;
}

/** The part that all resources with two keys share. */
export function keyGround<R extends Resource>(
  { clock }: LocalAzure,
  own: Pick<KeyGround<R>, 'resource' | 'text' | 'disable'>,
): KeyGround<R> {
  const keys = () => keysAt(own.resource, clock.now().getTime());
  return {
    ...own,
    value: own.text(keys().Primary),
    foreign: own.text('bm90IGEga2V5'),
    all: keys,
    works: ({ value }) => Object.values(keys()).includes(value.open()),
    keys,
  };
}

export const words = [
  ['Primary', 'Primary'],
  ['secondary', 'Secondary'],
  [' PRIMARY ', 'Primary'],
  ['key1', undefined],
  ['', undefined],
  ['Salt', undefined],
] as const;

/** The secret holds the key of this slot. */
export function holding(
  { ground, view }: Stage<KeyGround>,
  slot: Slot,
  more: Partial<ProviderInput> = {},
): ProviderInput {
  return view(ground.text(ground.keys()[slot]), more);
}

export function other(slot: Slot): Slot {
  return slot === 'Primary' ? 'Secondary' : 'Primary';
}
