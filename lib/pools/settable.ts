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

/** What a PUT takes of what a GET answers. */
export function settable(pool: PoolBody): Members {
  const properties = Object.entries(members.parse(pool.properties)).filter(([name]) => !readOnly.has(name));
  return {
    ...(pool.identity !== undefined && { identity: settableIdentity(pool.identity) }),
    properties: Object.fromEntries(properties),
  };
}

/** The service adds client and principal ids. */
function settableIdentity(written: unknown): Members {
  const { type, userAssignedIdentities } = identity.parse(written);
  return { type, userAssignedIdentities: attaching(Object.keys(userAssignedIdentities)) };
}

export function attaching(ids: readonly string[]): Members {
  return Object.fromEntries(ids.map((id) => [id, {}]));
}
