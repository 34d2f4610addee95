/** An access policy of a vault. It does not show whether its object is a group or an identity. */
export interface Policy {
  readonly objectId: string;
  readonly permissions: { readonly secrets: readonly string[]; readonly certificates: readonly string[] };
}

/** A role assignment, in lower case. */
export interface Assignment {
  readonly principalId: string;
  readonly principalType: string;
  /** The GUID of its definition. */
  readonly role: string;
  readonly scope: string;
  readonly condition: string;
}

/** Policies must allow to read both secrets and certificates. A role that reads secrets reads both. */
export function mayReadByPolicy(policies: readonly Policy[], principalId: string): boolean {
  const theirs = policies.filter(({ objectId }) => objectId.toLowerCase() === principalId);
  const may = (what: keyof Policy['permissions']) =>
    theirs.some(({ permissions }) => permissions[what].some((word) => /^(get|all)$/i.test(word)));
  return may('secrets') && may('certificates');
}

/** Whether a secret, named by its scope, may be read. Returns nothing if the assignments do not show it. */
export function mayReadByRole(shown: readonly Assignment[], principalId: string, secret: string): boolean | undefined {
  const theirs = shown.filter(
    (each) => reaches(each.scope, secret) && (each.principalId === principalId || isOfGroup(each)),
  );
  const rights = theirs.map(rightOf);
  if (rights.includes('reads')) return true;
  return isSeenWhole(shown) && rights.every((right) => right === 'reads not') ? false : undefined;
}

/** An account that sees the assignments of a subscription sees all of those below it too. */
function isSeenWhole(shown: readonly Assignment[]): boolean {
  return shown.some(({ scope }) => /^\/(subscriptions\/[^/]+)?$/.test(scope));
}

/**
 * Built-in roles (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security). It is not known
 * whether a role in neither set reads.
 */
const reading: ReadonlySet<string> = new Set([
  '4633458b-17de-408a-b874-0445c86b69e6', // Key Vault Secrets User
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7', // Key Vault Secrets Officer
  '00482a5a-887f-4fb3-b363-3b7fe8e74483', // Key Vault Administrator
  'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba', // Key Vault Certificate User
]);
const notReading: ReadonlySet<string> = new Set([
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', // Owner
  'b24988ac-6180-42a0-ab88-20f7382dd24c', // Contributor
  'acdd72a7-3385-48ef-bd42-f606fba81ae7', // Reader
  '21090545-7ca7-4776-b22c-e363652d74d2', // Key Vault Reader
  'a4417e6f-fecd-4de8-b567-7b0420556985', // Key Vault Certificates Officer
  '14b46e9e-c2b7-41b4-b07b-48a6ebf60603', // Key Vault Crypto Officer
  'e147488a-f6f5-4113-8e2d-b22465e65bf6', // Key Vault Crypto Service Encryption User
]);

type Right = 'reads' | 'reads not' | 'may read';

/** Members of a group, results of a condition and scopes below a management group are not known here. */
function rightOf(assignment: Assignment): Right {
  const { role, scope, condition } = assignment;
  if (notReading.has(role)) return 'reads not';
  const isCertain = !isOfGroup(assignment) && !isManagementGroup(scope) && condition === '';
  return reading.has(role) && isCertain ? 'reads' : 'may read';
}

function isOfGroup({ principalType }: Assignment): boolean {
  return principalType === 'group';
}

function reaches(scope: string, secret: string): boolean {
  return scope === '/' || isManagementGroup(scope) || secret === scope || secret.startsWith(`${scope}/`);
}

export const managementGroups = '/providers/microsoft.management/managementgroups/';

function isManagementGroup(scope: string): boolean {
  return scope.startsWith(managementGroups);
}
