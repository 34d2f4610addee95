import type { PoolBody } from './poolView.ts';
import { members, object, text, type Members } from './schemas.ts';

/** Properties that only the service sets (Microsoft.Batch 2024-07-01). */
const readOnly: ReadonlySet<string> = new Set([
  'lastModified',
  'creationTime',
  'provisioningState',
  'provisioningStateTransitionTime',
  'allocationState',
  'allocationStateTransitionTime',
  'currentDedicatedNodes',
  'currentLowPriorityNodes',
  'autoScaleRun',
  'resizeOperationStatus',
  'currentNodeCommunicationMode',
]);

const identity = object({ type: text, userAssignedIdentities: members });

/** Returns the members of a GET that a PUT takes. */
export function settable(pool: PoolBody): Members {
  const properties = Object.entries(members.parse(pool.properties)).filter(([name]) => !readOnly.has(name));
  return {
    ...(pool.identity !== undefined && { identity: settableIdentity(pool.identity) }),
    properties: Object.fromEntries(properties),
  };
}

/** The service adds client and principal ids. */
function settableIdentity(value: unknown): Members {
  const { type, userAssignedIdentities } = identity.parse(value);
  return { type, userAssignedIdentities: identitiesOf(Object.keys(userAssignedIdentities)) };
}

export function identitiesOf(ids: readonly string[]): Members {
  return Object.fromEntries(ids.map((id) => [id, {}]));
}
