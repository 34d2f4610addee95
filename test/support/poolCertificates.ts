import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import type { PolicyDocument, Pool } from '../../infra/azure-emulator/src/index.ts';
import { identityId, keyVaultExtension } from '../../infra/azure-emulator/test/keyVaultExtension.ts';
import { day, later } from '../../lib/model/clock.ts';
import { createTestApp, type Environment, type TestApp } from './createTestApp.ts';

/** A key that is quick to create, valid for a year; its contacts get a mail 30 days before its end. */
export const certificatePolicy = {
  x509_props: { subject: 'CN=node', sans: { dns_names: ['node.example'] }, validity_months: 12 },
  key_props: { kty: 'EC' },
  issuer: { name: 'Self' },
  lifetime_actions: [{ trigger: { days_before_expiry: 30 }, action: { action_type: 'EmailContacts' } }],
} satisfies PolicyDocument;

/** A policy by which Key Vault renews the certificate 60 days before its end. */
export const autoRenewPolicy: Partial<PolicyDocument> = {
  lifetime_actions: [{ trigger: { days_before_expiry: 60 }, action: { action_type: 'AutoRenew' } }],
};

export interface PoolCertificateOptions {
  readonly ageDays?: number;
  readonly policy?: Partial<PolicyDocument>;
  readonly versionless?: boolean;
  /** The URL that the nodes observe, in place of the one without a version. */
  readonly observed?: (url: string, version: string) => string;
  readonly tags?: Environment;
}

/** An account with a pool whose nodes observe a certificate, and an adopted secret that names the version in use. */
export async function createAdoptedPoolCertificate(options: PoolCertificateOptions = {}) {
  const target = await createPoolCertificate(await createTestApp({ events: 'delivered' }), options);
  await target.app.sweep('generate');
  await target.app.deliverEvents();
  return target;
}

export async function createPoolCertificate(app: TestApp, options: PoolCertificateOptions = {}) {
  const createdOn = later(app.clock.now(), -(options.ageDays ?? 100) * day);
  const policy = { ...certificatePolicy, ...options.policy };
  const certificate = await app.vault.createCertificate('tls', policy, { createdOn });
  const { pending } = certificate;
  if (pending?.status === 'inProgress') {
    await app.vault.certificates.merge('tls', await signRequest(pending.csr, createdOn));
  }
  const newest = () => certificate.versions.at(-1)?.version ?? '';
  const idOf = (version: string) => `${app.vault.uri}/certificates/tls/${version}`;
  const first = idOf(newest());
  const url = `${app.vault.uri}/secrets/tls`;
  const account = await app.newBatch();
  const pool = newPool('nodes', options.observed?.(url, newest()) ?? url, 2);
  app.newSecret(account, {
    value: options.versionless ? `${app.vault.uri}/certificates/tls` : first,
    ageDays: 2,
    tags: { RotationKind: 'pool-certificate', CredentialId: '', ValidityPeriodDays: '', ...options.tags },
  });

  function newPool(name: string, observed: string, nodes: number, pollingIntervalInS = '3600'): Pool {
    const settings = { observedCertificates: [observed], pollingIntervalInS, requireInitialSync: true };
    const extension = { ...keyVaultExtension(settings), autoUpgradeMinorVersion: true };
    return app.azure.createPool(account, { name, nodes, extensions: [extension], identities: [identityId] });
  }
  return {
    app,
    account,
    certificate,
    pool,
    first,
    newest,
    newPool,
    idOf,
    enabled: () => certificate.versions.map(({ enabled }) => enabled),
    /** Versions in the stores of the nodes. */
    installed: () => pool.nodes.map((node) => [...node.installed.values()].join()),
  };
}

export type PoolCertificate = Awaited<ReturnType<typeof createPoolCertificate>>;

export function countRequests({ azure }: TestApp): number {
  return azure.core.journal.calls.filter(({ operation }) => operation === 'createCertificate').length;
}

/** Signs a request as an authority does that Key Vault does not know. The certificate is valid for a year. */
export async function signRequest(csr: Buffer, notBefore = new Date('2026-03-02T01:00:00Z')): Promise<Buffer> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    ...{ subject: 'CN=node', issuer: 'CN=Elsewhere', signingAlgorithm: algorithm },
    ...{ publicKey: new Pkcs10CertificateRequest(csr).publicKey, signingKey: keys.privateKey },
    ...{ notBefore, notAfter: later(notBefore, 365 * day) },
  });
  return Buffer.from(certificate.rawData);
}
