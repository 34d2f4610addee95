import { badParameter, forbidden, keyVaultError } from '../errors.ts';
import type { ScheduledTask } from '../scheduledTasks.ts';
import { newVersionStamp } from '../versionedStore.ts';
import { renewalDueMs } from './state.ts';
import type { Certificate, CertificateContext, CertificateVersion, Changes, Pending } from './state.ts';
import { createSigningRequest, issueCertificate, newKeyPair, readIssuedCertificate, thumbprint } from './x509.ts';
import type { Issued } from './x509.ts';

/** Requests a version by the current policy. A refused request leaves no trace. */
export async function requestVersion(
  context: CertificateContext,
  certificate: Certificate,
  details: Changes,
  at: Date,
): Promise<Pending> {
  const { core, issuance } = context;
  const { policy, pending: before } = certificate;
  const issuer = policy.issuer.name;
  if (!['Self', 'Unknown', ...issuance.issuers].includes(issuer)) throw badParameter(`There is no issuer ${issuer}.`);
  refuseWhileInProgress(certificate);
  const keys = (policy.key_props.reuse_key && before?.keys) || (await newKeyPair(policy.key_props));
  const csr = await createSigningRequest(policy, keys);
  refuseWhileInProgress(certificate);
  certificate.pending = {
    ...{ requestId: core.random(16).toString('hex'), version: newVersionStamp(core).version },
    ...{ startedOn: at, csr, keys, details },
    ...{ status: 'inProgress', cancellationRequested: false, error: undefined },
    dueMs: issuer === 'Unknown' ? Infinity : at.getTime() + issuance.takesMs,
  };
  context.onChange(certificate.name);
  return certificate.pending;
}

/** Applies the issuer's answer, or ends a cancelled request. */
export async function completeRequest(
  context: CertificateContext,
  certificate: Certificate,
  pending: Pending,
  at: Date,
): Promise<void> {
  const { error } = context.issuance;
  if (pending.cancellationRequested || error) {
    pending.status = pending.cancellationRequested ? 'cancelled' : 'failed';
    pending.error = error ?? { code: 'Request rejected', message: 'The request was cancelled.' };
    return;
  }
  const { policy } = certificate;
  const signer = policy.issuer.name === 'Self' ? undefined : await newKeyPair(policy.key_props);
  const issued = await issueCertificate(policy, pending.keys, { at, ...(signer ? { signer } : {}) });
  await addIssuedVersion(context, certificate, pending, { ...issued, ...pending.details, at });
}

/** Accepts a certificate that was issued elsewhere for the request. */
export async function mergeCertificate(
  context: CertificateContext,
  certificate: Certificate,
  leaf: Buffer,
  details: Changes = {},
): Promise<CertificateVersion> {
  const pending = pendingOf(certificate);
  const issuer = certificate.policy.issuer.name;
  if (pending.status === 'completed') throw noPendingRequest(certificate.name);
  if (pending.status === 'inProgress' && issuer !== 'Unknown') {
    throw forbidden(`Merge is forbidden while a request to ${issuer} is in progress.`);
  }
  const issued = await readIssuedCertificate(pending.keys, leaf);
  if (!issued) throw badParameter('The public key of the end-entity certificate is not that of the request.');
  const { tags = pending.details.tags, enabled = pending.details.enabled } = details;
  return addIssuedVersion(context, certificate, pending, { ...issued, tags, enabled, at: context.core.clock.now() });
}

/** Asks for the cancellation; the request ends later. */
export function cancelRequest(
  { core, onChange }: CertificateContext,
  certificate: Certificate,
  isRequested: boolean,
): Pending {
  const pending = pendingOf(certificate);
  // The status is 403 as in Azure/azure-sdk-for-js#25758; the documents say 400.
  if (pending.status !== 'inProgress') throw forbidden('Pending status must be in progress to allow update.');
  pending.cancellationRequested = isRequested;
  if (isRequested) pending.dueMs = core.clock.now().getTime();
  onChange(certificate.name);
  return { ...pending };
}

export function pendingOf({ name, pending }: Certificate): Pending {
  if (!pending) throw noPendingRequest(name);
  return pending;
}

/** Returns what is due for one certificate: its issuer's answer or its renewal. */
export function scheduledTasksOf(context: CertificateContext, certificate: Certificate): ScheduledTask[] {
  const { pending } = certificate;
  if (pending?.status === 'inProgress') {
    return [
      { dueMs: pending.dueMs, run: () => completeRequest(context, certificate, pending, new Date(pending.dueMs)) },
    ];
  }
  const dueMs = renewalDueMs(certificate);
  return [{ dueMs, run: () => renew(context, certificate, new Date(dueMs)) }];
}

async function renew(context: CertificateContext, certificate: Certificate, at: Date): Promise<void> {
  await requestVersion(context, certificate, { tags: certificate.versions.at(-1)?.tags }, at);
}

async function addIssuedVersion(
  { core, versions: store, links }: CertificateContext,
  certificate: Certificate,
  pending: Pending,
  { at, enabled = certificate.policy.attributes.enabled, ...issued }: Issued & Changes & { at: Date },
): Promise<CertificateVersion> {
  const made = { ...newVersionStamp(core, at), version: pending.version };
  const version = { ...made, ...issued, enabled, x5t: thumbprint(issued.cer) };
  await links.add(certificate, version, pending.keys);
  pending.status = 'completed';
  return store.add(certificate, version);
}

/** [azure-sdk-for-python#13289] */
function refuseWhileInProgress({ name, pending }: Certificate): void {
  if (pending?.status !== 'inProgress') return;
  throw keyVaultError(409, { code: 'Conflict', message: `A request for a version of ${name} is in progress.` });
}

export function noPendingRequest(name: string) {
  return keyVaultError(404, {
    code: 'PendingCertificateNotFound',
    message: `Certificate ${name} has no pending request.`,
  });
}
