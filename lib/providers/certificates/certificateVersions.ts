import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { CertificatePolicy, KeyVaultCertificateWithPolicy } from '@azure/keyvault-certificates';
import { z } from 'zod';
import { parseJson } from '../../model/json.ts';
import { undefinedIf } from '../../model/operationError.ts';
import type { CertificateIdentifier } from './certificateIdentifier.ts';
import { isMerged } from './certificatePolicy.ts';
import type { ProviderDeps } from '../provider.ts';
import { isNearEnd } from '../versionedCredential.ts';

export type Version = KeyVaultCertificateWithPolicy['properties'];

/** Reads the newest version with the policy, and returns nothing if there is no such certificate. */
export async function newestOf(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
): Promise<KeyVaultCertificateWithPolicy | undefined> {
  return undefinedIf('resource-missing', clients.certificates(vaultUrl).getCertificate(name));
}

/** Reads the dates and state of one version, and returns nothing if there is none. */
export async function versionOf(
  { clients }: ProviderDeps,
  { vaultUrl, name, version = '' }: CertificateIdentifier,
): Promise<Version | undefined> {
  const request = clients.certificates(vaultUrl).getCertificateVersion(name, version);
  const found = await undefinedIf('resource-missing', request);
  return found?.properties;
}

/** The last request for a version. It has no time, and its CSR is not read. */
export interface Issuance {
  readonly status: string;
  /** The issuer's own code. */
  readonly code?: string | undefined;
  readonly isMerged: boolean;
}

const pendingShape = z.object({
  status: z.string().default(''),
  issuer: z.object({ name: z.string().optional() }).optional(),
  error: z.object({ code: z.string().default('') }).nullish(),
});

/**
 * Reads the last request from the answer itself, because the SDK throws a failed request as an error without its code.
 */
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
  if (answer === undefined) return undefined;
  const { status, issuer, error } = pendingShape.catch({ status: '' }).parse(parseJson(answer));
  const code = error?.code.replace(/\W+/g, '').slice(0, 40);
  return { status, isMerged: isMerged({ issuerName: issuer?.name ?? 'Unknown' }), code };
}

/**
 * Asks for a version as the policy says, and does not wait for it. The SDK polls once in the same call. If only that
 * fails, the request was accepted, and the next inspection shows what became of it.
 */
export async function requestVersion(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
  { tags, preserveCertificateOrder }: Version,
  policy: CertificatePolicy,
): Promise<void> {
  const accepted: string[] = [];
  const onResponse = ({ request }: PipelineResponse) => {
    if (request.method === 'POST') accepted.push(request.requestId);
  };
  const kept = { ...(tags && { tags }), ...(preserveCertificateOrder !== undefined && { preserveCertificateOrder }) };
  try {
    const options = { ...kept, enabled: true, onResponse };
    await clients.certificates(vaultUrl).beginCreateCertificate(name, policy, options);
  } catch (error) {
    if (accepted.length === 0) throw error;
  }
}

/** Replaces the tags of one version. */
export async function tag(
  { clients }: ProviderDeps,
  { vaultUrl, name, version = '' }: CertificateIdentifier,
  tags: Record<string, string>,
): Promise<void> {
  await clients.certificates(vaultUrl).updateCertificateProperties(name, version, { tags });
}

export async function disable(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
  version: string,
): Promise<void> {
  await clients.certificates(vaultUrl).updateCertificateProperties(name, version, { enabled: false });
}

/** Lists every version of a certificate. */
export async function versionsOf(
  { clients }: ProviderDeps,
  { vaultUrl, name }: CertificateIdentifier,
): Promise<readonly Version[]> {
  return Array.fromAsync(clients.certificates(vaultUrl).listPropertiesOfCertificateVersions(name));
}

export function isFit({ enabled, notBefore, expiresOn }: Version, now: Date): boolean {
  return enabled !== false && (!notBefore || notBefore <= now) && (!expiresOn || expiresOn > now);
}

export function isNearExpiry({ notBefore, expiresOn }: Version, now: Date): boolean {
  return isNearEnd(expiresOn, notBefore, now);
}
