import { identityAt } from '../../azure-emulator/src/index.ts';
import type { BatchAccount, LocalAzure, PolicyDocument, Pool, Vault } from '../../azure-emulator/src/index.ts';
import { waitFor, waitForAnnouncement } from '../context.ts';
import type { DemoContext } from '../context.ts';
import { formatDuration } from '../report.ts';
import { dayMs, place, putFreshSecret, resourceGroupId, versionTarget } from '../targets.ts';
import { replacementPromises, waitForResult } from './story.ts';
import type { Story } from './story.ts';

/** An hour is usual. */
const pollSeconds = 2;
/** Shorter than the ten seconds after which the app asks for the certificate: the nodes install it before that. */
const issuanceMs = 2_000;
const certificate = 'painting-tls';

/** The certificate lasts a year. Key Vault sends a mail 30 days before its expiry and does not renew it. */
const policy = {
  x509_props: { subject: 'CN=node', validity_months: 12 },
  key_props: { kty: 'EC' },
  issuer: { name: 'Self' },
  lifetime_actions: [{ trigger: { days_before_expiry: 30 }, action: { action_type: 'EmailContacts' } }],
} satisfies PolicyDocument;

/** A certificate that the nodes of a pool fetch is near its expiry. */
export async function preparePoolCertificate(context: DemoContext): Promise<Story> {
  const { azure, vault, print } = context;
  const title = 'pool certificate near expiry';
  const account = await azure.createBatchAccount({ ...place, name: 'painting' });
  const identifier = await createCertificate(vault, certificate, 340);
  vault.certificates.issuance.takesMs = issuanceMs;
  const pool = createObservingPool(azure, account, `${vault.uri}/secrets/${certificate}`, pollSeconds);
  const target = versionTarget('painting-tls-id', account, 'pool-certificate', identifier);
  putFreshSecret(vault, target);
  return {
    ...{ title, target },
    async run() {
      const sinceMs = Date.now();
      print(
        target.secret,
        `Key Vault reports that the certificate is near its expiry (${pool.nodes.length} nodes use it)`,
      );
      azure.eventGrid.emit('CertificateNearExpiry', vault, certificate);
      await waitFor(context, 'the new version on all nodes', () => isInstalled(vault, pool) || undefined);
      print(target.secret, `the new version is on all nodes after ${formatDuration(Date.now() - sinceMs)}`);
      const eventType = 'Microsoft.KeyVault.CertificateNearExpiry';
      const result = await waitForResult(context, { title, target, eventType, sinceMs });
      const { data } = await waitForAnnouncement(context, target, 'Rotation.Completed');
      const promises = {
        ...result.promises,
        'the app has seen the new version on the nodes': data.evidence === 'seen-on-nodes',
        'all nodes have it': isInstalled(vault, pool),
        ...replacementPromises(context, target, vault.certificate(certificate).versions),
      };
      return { ...result, promises };
    },
  };
}

/** Creates a version of a certificate that is some days old, and returns its identifier. */
export async function createCertificate(vault: Vault, name: string, ageDays: number): Promise<string> {
  const createdOn = new Date(Date.now() - ageDays * dayMs);
  const { versions } = await vault.createCertificate(name, policy, { createdOn });
  return `${vault.uri}/certificates/${name}/${versions.at(-1)?.version ?? ''}`;
}

/** Creates two Linux nodes whose Key Vault extension fetches the certificate and reports the version it installed. */
export function createObservingPool(azure: LocalAzure, account: BatchAccount, url: string, seconds: number): Pool {
  const identity = `${resourceGroupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes`;
  const settings = {
    secretsManagementSettings: {
      pollingIntervalInS: String(seconds),
      requireInitialSync: true,
      observedCertificates: [url],
    },
    authenticationSettings: {
      msiEndpoint: 'http://169.254.169.254/metadata/identity',
      msiClientId: identityAt(identity).clientId,
    },
  };
  const kind = { publisher: 'Microsoft.Azure.KeyVault', type: 'KeyVaultForLinux', typeHandlerVersion: '3.0' };
  const extensions = [{ name: 'certificates', ...kind, autoUpgradeMinorVersion: true, settings }];
  const pool = azure.createPool(account, { name: 'nodes', nodes: 2, extensions, identities: [identity] });
  // No document says that the extension reports renewals. Without it the app waits for two intervals and five minutes.
  pool.reportsRenewals = true;
  return pool;
}

/** Looks into the certificate stores of the nodes, which no API shows. */
function isInstalled(vault: Vault, { nodes }: Pool): boolean {
  const { versions } = vault.certificate(certificate);
  const newest = versions.at(-1)?.version;
  return versions.length > 1 && nodes.every(({ installed }) => [...installed.values()].join() === newest);
}
