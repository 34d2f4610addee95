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

/** As wished for, else as the pool says where that can be right. Identities are never taken away. */
export function signsInAs(view: PoolView, wished: Identity | undefined): SignIn | undefined {
  const attached = view.identities.map(({ id }) => id);
  if (!wished) {
    const clientId = clientIdOf(view);
    return clientId === undefined ? undefined : { attached, clientId };
  }
  const { resourceId, clientId } = wished;
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
