/** A module of `roles/`. */
type Role =
  | 'batch-key'
  | 'signalr-key'
  | 'batch-cmk'
  | 'pool-certificate'
  | 'consumers'
  | 'notices'
  | 'vaultSecrets'
  | 'vaultKeys'
  | 'vaultCertificates'
  | 'vaultReader'
  | 'topicSender';

/** What a call takes in Azure, by the name of its operation in the local Azure's journal. */
export interface Line {
  readonly operation: string;
  /** A part of path or body, where one operation stands for several: then every line that fits counts. */
  readonly about?: RegExp;
  readonly action: string;
  /** The same in a vault with access policies: `secrets/get`. */
  readonly policy?: string;
  /** The module that grants it; else the one of the kind for which the call was made. */
  readonly role?: Role;
  readonly source: string;
  /** There is such an action, but that this call takes it is documented nowhere found. */
  readonly guess?: true;
}

const rbac = 'learn.microsoft.com/azure/role-based-access-control';

/** Batch's built-in roles grant pools by actions; its data actions are of jobs only. */
const nodes = { source: `${rbac}/built-in-roles/compute#azure-batch-data-contributor`, guess: true } as const;

const ofBatch = [
  line('batch.get', 'Microsoft.Batch/batchAccounts/read', 'compute'),
  line('batch.listKeys', 'Microsoft.Batch/batchAccounts/listKeys/action', 'compute'),
  line('batch.regenerateKey', 'Microsoft.Batch/batchAccounts/regenerateKeys/action', 'compute'),
  line('batch.update', 'Microsoft.Batch/batchAccounts/write', 'compute'),
  line('pool.list', 'Microsoft.Batch/batchAccounts/pools/read', 'compute'),
  line('pool.get', 'Microsoft.Batch/batchAccounts/pools/read', 'compute'),
  line('batchData.pools', 'Microsoft.Batch/batchAccounts/pools/read', 'compute', nodes),
  line('batchData.nodes', 'Microsoft.Batch/batchAccounts/pools/read', 'compute', nodes),
  line('batchData.nodeExtensions', 'Microsoft.Batch/batchAccounts/pools/read', 'compute', nodes),
];

const working = 'Microsoft.SignalRService/locations/operationStatuses/signalr/read';
const ofSignalR = [
  line('signalr.get', 'Microsoft.SignalRService/SignalR/read', 'web-and-mobile'),
  line('signalr.listKeys', 'Microsoft.SignalRService/SignalR/listKeys/action', 'web-and-mobile'),
  line('signalr.regenerateKey', 'Microsoft.SignalRService/SignalR/regenerateKey/action', 'web-and-mobile'),
  line('signalr.operationStatus', working, 'web-and-mobile'),
];

/** Of access policies: the page of each operation below learn.microsoft.com/rest/api/keyvault names its permission. */
const ofVaults = [
  ...inVault('vaultSecrets', 'secrets', [
    ['listSecrets', 'secrets/readMetadata/action', 'list'],
    ['getSecret', 'secrets/getSecret/action', 'get'],
    ['setSecret', 'secrets/setSecret/action', 'set'],
    ['updateSecret', 'secrets/update/action', 'set'],
  ]),
  ...inVault('vaultKeys', 'keys', [
    ['getKey', 'keys/read', 'get'],
    ['listKeyVersions', 'keys/read', 'list'],
    ['rotateKey', 'keys/rotate/action', 'rotate'],
    ['updateKey', 'keys/update/action', 'update'],
    ['getKeyRotationPolicy', 'keyrotationpolicies/read', 'getrotationpolicy'],
  ]),
  ...inVault('vaultCertificates', 'certificates', [
    ['getCertificate', 'certificates/read', 'get'],
    ['getCertificateVersion', 'certificates/read', 'get'],
    ['listCertificateVersions', 'certificates/read', 'list'],
    ['createCertificate', 'certificates/create/action', 'create'],
    ['updateCertificate', 'certificates/update/action', 'update'],
  ]),
  ...inVault('vaultCertificates', 'certificates', [['getCertificateOperation', 'certificates/read', 'get']]).map(
    (each) => ({ ...each, guess: true as const }),
  ),
];

const anApp = { about: /\/sites\/[^/]+\/config\//i, role: 'consumers', guess: true } as const;
const aSlot = { about: /\/slots\/[^/]+\/config\//i, role: 'consumers', guess: true } as const;

const ofConsumers = [
  line('web.listReferences', 'Microsoft.Web/sites/config/Read', 'web-and-mobile', anApp),
  line('web.listReferences', 'Microsoft.Web/sites/slots/config/Read', 'web-and-mobile', aSlot),
  line('web.refreshReferences', 'Microsoft.Web/sites/config/Write', 'web-and-mobile', anApp),
  line('web.refreshReferences', 'Microsoft.Web/sites/slots/config/Write', 'web-and-mobile', aSlot),
  line('containerApps.get', 'Microsoft.App/containerApps/read', 'containers', { role: 'consumers' }),
];

const applications = { about: /microsoft\.web\/sites/i, role: 'consumers' } as const;
const health = { about: /ServiceHealthResources/, role: 'notices' } as const;
const affected = { about: /'microsoft\.signalrservice\/signalr'/i };
const accounts = { about: /'microsoft\.batch\/batchaccounts'/i };
const vaults = { about: /'microsoft\.keyvault\/vaults'/i };
const identities = { about: /\bid in~/ };
const assignments = { about: /AuthorizationResources/ };

/**
 * A query shows the rows of resources that the caller may read, as if there were no others. Its own action is
 * documented, but not that a query takes it: it is granted with the rows.
 */
const ofGraph = [
  ...[applications, health, { ...affected, role: 'notices' } as const, accounts, vaults, identities, assignments].map(
    (more) => query('Microsoft.ResourceGraph/resources/read', { ...more, guess: true }),
  ),
  query('Microsoft.Web/sites/Read', applications),
  query('Microsoft.Web/sites/slots/Read', applications),
  query('Microsoft.App/containerApps/read', applications),
  query('Microsoft.ResourceHealth/events/read', { ...health, guess: true }),
  query('Microsoft.SignalRService/SignalR/read', affected),
  query('Microsoft.Batch/batchAccounts/read', accounts),
  query('Microsoft.KeyVault/vaults/read', { ...vaults, role: 'vaultReader' }),
  query('Microsoft.Batch/batchAccounts/read', identities),
  query('Microsoft.ManagedIdentity/userAssignedIdentities/read', identities),
  query('Microsoft.Authorization/roleAssignments/read', assignments),
];

const sent = line('eventGrid.publish', 'Microsoft.EventGrid/events/send/action', 'integration', {
  role: 'topicSender',
});

/** Every call that Keyturn makes with its own identity; its storage is the one thing that stands in no journal. */
export const lines: readonly Line[] = [...ofBatch, ...ofSignalR, ...ofVaults, ...ofConsumers, ...ofGraph, sent];

type More = Partial<Pick<Line, 'about' | 'policy' | 'role' | 'source' | 'guess'>>;

function line(operation: string, action: string, page: string, more: More = {}): Line {
  return { operation, action, source: `${rbac}/permissions/${page}`, ...more };
}

function inVault(role: Role, of: string, rows: readonly (readonly [string, string, string])[]): readonly Line[] {
  return rows.map(([operation, action, permission]) =>
    line(operation, `Microsoft.KeyVault/vaults/${action}`, 'security', { role, policy: `${of}/${permission}` }),
  );
}

function query(action: string, more: More): Line {
  const source = 'learn.microsoft.com/azure/governance/resource-graph/overview#permissions-in-azure-resource-graph';
  return { operation: 'resourceGraph.query', action, source, ...more };
}
