import { isSame, certificateUrl, renewingUrl, type CertificateUrl } from './certificateUrl.ts';
import type { ExtensionView, Observed } from './extensionView.ts';
import { isWindows4, extensionFor, msiEndpoints, pollingLimits, publisher, type Os } from './keyVaultExtension.ts';
import { membersOf, type Members } from './schemas.ts';

interface ExtensionInput {
  readonly os: Os;
  /** The extension of the old pool, as it is and as it was read. */
  readonly old: Members;
  readonly view: ExtensionView | undefined;
  readonly certificates: readonly CertificateUrl[];
  readonly clientId: string;
}

const hourS = 3600;

/**
 * Returns the Key Vault extension as its newest version is documented. Other settings of the old one are kept
 * (azure-facts: Key Vault extension).
 */
export function keyVaultExtension({ os, old, view, certificates, clientId }: ExtensionInput): Members {
  const { type, newestMajor } = extensionFor[os];
  const settings = membersOf(old['settings']);
  const before = membersOf(settings['secretsManagementSettings']);
  return {
    name: 'KVExtensions',
    ...old,
    publisher,
    type,
    typeHandlerVersion: `${newestMajor}.0`,
    autoUpgradeMinorVersion: true,
    settings: {
      ...settings,
      secretsManagementSettings: {
        pollingIntervalInS: String(pollingS(os, view?.polling)),
        ...(!isWindows4(os, newestMajor) && { requireInitialSync: true }),
        ...(os === 'linux' && pick(before, ['aclEnabled'])),
        observedCertificates: certificates.map((url) => observedCertificate(os, url, before, view?.observed ?? [])),
      },
      authenticationSettings: { msiEndpoint: msiEndpoints[os], msiClientId: clientId },
    },
  };
}

/** Keeps the interval where it is allowed. */
function pollingS(os: Os, value: unknown): number {
  const { leastS, mostS } = pollingLimits(os, extensionFor[os].newestMajor);
  const seconds = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isInteger(seconds) && seconds >= leastS && seconds <= mostS ? seconds : hourS;
}

/** The members of a certificate's entry beside its URL, and their default values. */
const entryFor = {
  linux: {
    members: ['certificateStoreLocation', 'customSymbolicLinkName', 'acls'],
    defaults: { certificateStoreLocation: '/var/lib/waagent/Microsoft.Azure.KeyVault.Store' },
  },
  windows: {
    members: ['certificateStoreName', 'certificateStoreLocation', 'accounts'],
    defaults: { certificateStoreName: 'MY', certificateStoreLocation: 'LocalMachine' },
  },
} satisfies Record<Os, { members: string[]; defaults: Members }>;

/** Certificates that were observed as text have their store named once for all, in `before`. */
function observedCertificate(os: Os, url: CertificateUrl, before: Members, all: readonly Observed[]): Members {
  const { members: known, defaults } = entryFor[os];
  const entry = all.find((each) => isSame(url, certificateUrl(each.url)))?.entry ?? {};
  return { url: renewingUrl(url), ...defaults, ...pick(before, Object.keys(defaults)), ...pick(entry, known) };
}

function pick(object: Members, names: readonly string[]): Members {
  return Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])));
}
