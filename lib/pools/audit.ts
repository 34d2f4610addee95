import { certificateUrl, isSame, type CertificateUrl } from './certificateUrl.ts';
import { extensionChecks } from './checks/extension.ts';
import { identityChecks } from './checks/identity.ts';
import { nodeChecks } from './checks/nodes.ts';
import type { ExtensionView } from './extensionView.ts';
import type { Check, Entry, Finding, Wanted } from './finding.ts';
import { extensionFor, majorOf, type Os } from './keyVaultExtension.ts';
import { poolView, type AnyPool } from './poolView.ts';

const checks: readonly Check[] = [...extensionChecks, ...identityChecks, ...nodeChecks];

/** Finds everything that keeps the nodes of a pool from taking up new versions of a certificate. */
export function auditPool(pool: AnyPool, wanted: Wanted): readonly Finding[] {
  const view = poolView(pool);
  const certificate = certificateUrl(wanted.certificate);
  const observing = view.extensions
    .map((extension) => ({ extension, entries: entriesFor(certificate, extension) }))
    .filter(({ entries }) => entries.length > 0)
    .map((each) => ({ ...each, pool: view, wanted, major: knownMajor(view.os, each.extension) }));
  if (observing.length === 0) return wanted.required ? [{ reason: 'pool-extension-missing', pool: view.name }] : [];
  return observing
    .flatMap((each) => checks.map((check) => check(each)))
    .flatMap((problem) => (problem ? [{ ...problem, pool: view.name }] : []));
}

function entriesFor(certificate: CertificateUrl | undefined, { observed }: ExtensionView): readonly Entry[] {
  return observed.flatMap(({ url: text, form }) => {
    const url = certificateUrl(text);
    return url && isSame(url, certificate) ? [{ url, form }] : [];
  });
}

function knownMajor(os: Os, { version }: ExtensionView): number | undefined {
  const major = majorOf(version);
  return major !== undefined && major <= extensionFor[os].newestMajor ? major : undefined;
}
