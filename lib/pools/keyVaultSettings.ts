import { isSame, certificateUrl, renewingUrl, type CertificateUrl } from './certificateUrl.ts';
import type { ExtensionView, Observed } from './extensionView.ts';
import { asksLess, extensionFor, msiEndpoints, pollingLimits, publisher, type Os } from './keyVaultExtension.ts';
import { membersOf, type Members } from './schemas.ts';

export interface Extended {
  readonly os: Os;
  /** The extension as it was, and what was seen of it. */
  readonly was: Members;
  readonly view: ExtensionView | undefined;
  readonly certificates: readonly CertificateUrl[];
  readonly clientId: string;
}

const hourS = 3600;
/**
 * The Key Vault extension as the newest documents want it; what else was set of it stays (azure-facts: Key Vault
 * extension).
 */
export function extended({ os, was, view, certificates, clientId }: Extended): Members {
  const { type, newestMajor } = extensionFor[os];
  const settings = membersOf(was['settings']);
  const before = membersOf(settings['secretsManagementSettings']);
  return {
    name: 'KVExtensions',
    ...was,
    publisher,
    type,
    typeHandlerVersion: `${newestMajor}.0`,
    autoUpgradeMinorVersion: true,
    settings: {
      ...settings,
      secretsManagementSettings: {
        pollingIntervalInS: String(pollingS(os, view?.polling)),
        ...(!asksLess(os, newestMajor) && { requireInitialSync: true }),
        ...(os === 'linux' && picked(before, ['aclEnabled'])),
        observedCertificates: certificates.map((url) => observed(os, url, before, view?.observed ?? [])),
      },
      authenticationSettings: { msiEndpoint: msiEndpoints[os], msiClientId: clientId },
    },
  };
}

/** As it was, where that is allowed. */
function pollingS(os: Os, written: unknown): number {
  const { leastS, mostS } = pollingLimits(os, extensionFor[os].newestMajor);
  const seconds = typeof written === 'string' || typeof written === 'number' ? Number(written) : Number.NaN;
  return Number.isInteger(seconds) && seconds >= leastS && seconds <= mostS ? seconds : hourS;
}

/** What may be said of a certificate besides its URL, and what is said unless something else was. */
const entryFor = {
  linux: {
    members: ['certificateStoreLocation', 'customSymbolicLinkName', 'acls'],
    usual: { certificateStoreLocation: '/var/lib/waagent/Microsoft.Azure.KeyVault.Store' },
  },
  windows: {
    members: ['certificateStoreName', 'certificateStoreLocation', 'accounts'],
    usual: { certificateStoreName: 'MY', certificateStoreLocation: 'LocalMachine' },
  },
} satisfies Record<Os, { members: string[]; usual: Members }>;

/** Where the certificates were observed as text, their store is named once for all. */
function observed(os: Os, url: CertificateUrl, before: Members, all: readonly Observed[]): Members {
  const { members: known, usual } = entryFor[os];
  const entry = all.find((each) => isSame(url, certificateUrl(each.url)))?.entry ?? {};
  return { url: renewingUrl(url), ...usual, ...picked(before, Object.keys(usual)), ...picked(entry, known) };
}

function picked(object: Members, names: readonly string[]): Members {
  return Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])));
}
