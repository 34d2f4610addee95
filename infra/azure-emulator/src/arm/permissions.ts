import { refusal } from './refusal.ts';
import { contains } from './scope.ts';
import type { ArmState } from './state.ts';

/** Whether somebody took this action at this scope from this identity. */
export function isDenied({ denials }: ArmState, objectId: string, scope: string, action: string): boolean {
  return [...denials].some(
    (denial) =>
      ['*', objectId].includes(denial.objectId) && covers(denial.action, action) && contains(denial.scope, scope),
  );
}

export function assertAllowed(state: ArmState, objectId: string, scope: string, action: string): void {
  if (!isDenied(state, objectId, scope, action)) return;
  const message = `The client with object id '${objectId}' may not perform '${action}' over scope '${scope}'.`;
  throw refusal(403, 'AuthorizationFailed', message);
}

/** `*` is every action, and `*` and a slash before its last part every one that ends so. */
function covers(denied: string, action: string): boolean {
  const [pattern, one] = [denied.toLowerCase(), action.toLowerCase()];
  return pattern === '*' || pattern === one || (pattern.startsWith('*/') && one.endsWith(pattern.slice(1)));
}
