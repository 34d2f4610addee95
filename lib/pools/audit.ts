import { certificateUrl, isSame, type CertificateUrl } from './certificateUrl.ts';
import { extensionChecks } from './checks/extension.ts';
import { identityChecks } from './checks/identity.ts';
import { nodeChecks } from './checks/nodes.ts';
import type { ExtensionView } from './extensionView.ts';
import type { Check, Entry, Finding, Wanted } from './finding.ts';
import { extensionFor, majorOf, type Os } from './keyVaultExtension.ts';
import { poolView, type AnyPool } from './poolView.ts';

const checks: readonly Check[] = [...extensionChecks, ...identityChecks, ...nodeChecks];

/** Everything that keeps the nodes of a pool from taking up new versions of a certificate that the pool observes. */
export function auditPool(pool: AnyPool, wanted: Wanted): readonly Finding[] {
  const view = poolView(pool);
  const certificate = certificateUrl(wanted.certificate);
  const seen = view.extensions
    .map((extension) => ({ extension, entries: entriesFor(certificate, extension) }))
    .filter(({ entries }) => entries.length > 0)
    .map((each) => ({ ...each, pool: view, wanted, major: knownMajor(view.os, each.extension) }));
  if (seen.length === 0) return wanted.required ? [{ reason: 'pool-extension-missing', pool: view.name }] : [];
  return seen
    .flatMap((each) => checks.map((check) => check(each)))
    .flatMap((flaw) => (flaw ? [{ ...flaw, pool: view.name }] : []));
}

function entriesFor(certificate: CertificateUrl | undefined, { observed }: ExtensionView): readonly Entry[] {
  return observed.flatMap(({ url: written, form }) => {
    const url = certificateUrl(written);
    return url && isSame(url, certificate) ? [{ url, form }] : [];
  });
}

function knownMajor(os: Os, { version }: ExtensionView): number | undefined {
  const major = majorOf(version);
  return major !== undefined && major <= extensionFor[os].newestMajor ? major : undefined;
}
