import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { CertificatePolicy, KeyVaultCertificateWithPolicy } from '@azure/keyvault-certificates';
import { z } from 'zod';
import { undefinedIf } from '../../model/operationError.ts';
import type { CertificateIdentifier } from './certificateIdentifier.ts';
import { isMerged } from './certificatePolicy.ts';
import type { ProviderDeps } from '../provider.ts';
import { isNearEnd } from '../versionedCredential.ts';

export type Version = KeyVaultCertificateWithPolicy['properties'];

/** The newest version, with the policy; nothing where there is no such certificate. */
export async function newestOf(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
): Promise<KeyVaultCertificateWithPolicy | undefined> {
  return undefinedIf('resource-missing', clients.certificates(vaultUrl).getCertificate(name));
}

export async function versionOf(
  { clients }: ProviderDeps,
  { vaultUrl, name, version = '' }: CertificateIdentifier,
): Promise<Version | undefined> {
  const request = clients.certificates(vaultUrl).getCertificateVersion(name, version);
  const found = await undefinedIf('resource-missing', request);
  return found?.properties;
}

/** The last request for a version, whatever became of it. It says of no time, and its CSR is left where it is. */
export interface Issuance {
  readonly status: string;
  /** The issuer's own code. */
  readonly code?: string;
  readonly isMerged: boolean;
}

const operation = z.object({
  status: z.string().default(''),
  issuer: z.object({ name: z.string().optional() }).optional(),
  error: z.object({ code: z.string().default('') }).nullish(),
});

/** Read from the answer itself: the SDK throws what failed as an error without its code. */
export async function issuanceOf(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
): Promise<Issuance | undefined> {
  const answers: string[] = [];
  const onResponse = ({ request, bodyAsText }: PipelineResponse) => {
    if (new URL(request.url).pathname.endsWith('/pending')) answers.push(bodyAsText ?? '');
  };
  try {
    const request = clients.certificates(vaultUrl).getCertificateOperation(name, { onResponse });
    await undefinedIf('resource-missing', request);
  } catch (error) {
    if (answers.length === 0) throw error;
  }
  const [answer] = answers;
  return answer === undefined ? undefined : issuanceIn(answer);
}

function issuanceIn(answer: string): Issuance {
  const { status, issuer, error } = operation.catch({ status: '' }).parse(JSON.parse(answer));
  const code = error?.code.replace(/\W+/g, '').slice(0, 40);
  return { status, isMerged: isMerged({ issuerName: issuer?.name ?? 'Unknown' }), ...(code && { code }) };
}

/**
 * Asks for a version as the policy says, and does not wait for it. The SDK looks at it once in the same call: what goes
 * wrong after the request was taken is for the next look.
 */
export async function ask(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
  { tags, preserveCertificateOrder }: Version,
  policy: CertificatePolicy,
): Promise<void> {
  const taken: string[] = [];
  const onResponse = ({ request }: PipelineResponse) => {
    if (request.method === 'POST') taken.push(request.requestId);
  };
  const kept = { ...(tags && { tags }), ...(preserveCertificateOrder !== undefined && { preserveCertificateOrder }) };
  const options = { ...kept, enabled: true, onResponse };
  try {
    await clients.certificates(vaultUrl).beginCreateCertificate(name, policy, options);
  } catch (error) {
    if (taken.length === 0) throw error;
  }
}

export async function disable(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
  version: string,
): Promise<void> {
  await clients.certificates(vaultUrl).updateCertificateProperties(name, version, { enabled: false });
}

/** Versions that can still be fetched. */
export async function enabledVersions(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { version, enabled } of clients.certificates(vaultUrl).listPropertiesOfCertificateVersions(name)) {
    if (version && enabled !== false) found.push(version);
  }
  return found;
}

export function isFit({ enabled, notBefore, expiresOn }: Version, now: Date): boolean {
  return enabled !== false && (!notBefore || notBefore <= now) && (!expiresOn || expiresOn > now);
}

export function isNearExpiry({ notBefore, expiresOn }: Version, now: Date): boolean {
  return isNearEnd(expiresOn, notBefore, now);
}
