import { normalizedId } from '../model/target.ts';
import { isClientId } from './checks/identity.ts';
import type { PoolIdentity, PoolView } from './poolView.ts';

/** A user-assigned identity. */
export interface Identity {
  readonly resourceId: string;
  readonly clientId: string;
}

interface SignIn {
  /** Resource ids of every identity of the pool. */
  readonly attached: readonly string[];
  readonly clientId: string;
}

/** Returns the identity of the request, else the one that the pool names. No identity is taken away from the pool. */
export function signInOf(view: PoolView, requested: Identity | undefined): SignIn | undefined {
  const attached = view.identities.map(({ id }) => id);
  if (!requested) {
    const clientId = clientIdOf(view);
    return clientId === undefined ? undefined : { attached, clientId };
  }
  const { resourceId, clientId } = requested;
  const isAttached = attached.some((id) => normalizedId(id) === normalizedId(resourceId));
  return { attached: isAttached ? attached : [...attached, resourceId], clientId };
}

function clientIdOf({ identities, extensions }: PoolView): string | undefined {
  const named = extensions.map(({ msiClientId }) => msiClientId?.trim() ?? '');
  const possible = named.find((clientId) => isClientId(clientId) && identities.some((each) => mayBe(each, clientId)));
  const [only, ...more] = identities;
  return possible ?? (more.length === 0 ? only?.clientId : undefined);
}

function mayBe({ clientId }: PoolIdentity, named: string): boolean {
  return clientId === undefined || clientId.toLowerCase() === named.toLowerCase();
}
