import type { PolicyDocument, Pool } from '../../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../../lib/model/clock.ts';
import { identityId, keyVaultExtension } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import type { Bench } from '../../support/bench.ts';
import { told, wired, type Wired } from '../../support/wired.ts';
import { signed } from './poolCertificateAuthority.ts';

/** A quick kind of key, good for a year, of which somebody is reminded 30 days before. */
export const policy = {
  x509_props: { subject: 'CN=node', sans: { dns_names: ['node.example'] }, validity_months: 12 },
  key_props: { kty: 'EC' },
  issuer: { name: 'Self' },
  lifetime_actions: [{ trigger: { days_before_expiry: 30 }, action: { action_type: 'EmailContacts' } }],
} satisfies PolicyDocument;

export interface Wanted {
  readonly ageDays?: number;
  readonly policy?: Partial<PolicyDocument>;
  readonly versionless?: boolean;
  /** In place of the URL without a version. */
  readonly observed?: (url: string, version: string) => string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly nodes?: number;
}

/** An account with a pool whose nodes observe a certificate, and a secret that names the version in use: adopted. */
export async function stage(wanted: Wanted = {}) {
  const staged = await seeded(await wired(), wanted);
  await staged.b.sweep('generate');
  await staged.b.deliver();
  return staged;
}

export async function seeded<B extends Bench>(b: B, wanted: Wanted = {}) {
  const createdOn = later(b.clock.now(), -(wanted.ageDays ?? 100) * day);
  const certificate = await b.vault.createCertificate('tls', { ...policy, ...wanted.policy }, { createdOn });
  const { pending } = certificate;
  if (pending?.status === 'inProgress') await b.vault.certificates.merge('tls', await signed(pending.csr, createdOn));
  const version = newest();
  const url = `${b.vault.uri}/secrets/tls`;
  const account = await b.newBatch();
  const pool = newPool('nodes', wanted.observed?.(url, version) ?? url, wanted.nodes ?? 2);
  const first = `${b.vault.uri}/certificates/tls/${version}`;
  b.newSecret(account, {
    value: wanted.versionless ? `${b.vault.uri}/certificates/tls` : first,
    ageDays: 2,
    tags: { RotationKind: 'pool-certificate', CredentialId: '', ValidityPeriodDays: '', ...wanted.tags },
  });

  function newest(): string {
    return certificate.versions.at(-1)?.version ?? '';
  }
  function newPool(name: string, observed: string, nodes: number): Pool {
    const settings = { observedCertificates: [observed], pollingIntervalInS: '3600', requireInitialSync: true };
    const made = { ...keyVaultExtension(settings), autoUpgradeMinorVersion: true };
    return b.azure.createPool(account, { name, nodes, extensions: [made], identities: [identityId] });
  }
  return {
    b,
    account,
    certificate,
    pool,
    first,
    newest,
    newPool,
    value: () => b.vault.current('secret')?.value,
    idOf: (of: string) => `${b.vault.uri}/certificates/tls/${of}`,
    /** What its nodes have in their stores. */
    installed: (of = pool) => of.nodes.map((node) => [...node.installed.values()].join()),
  };
}

export type Stage = Awaited<ReturnType<typeof stage>>;

export function requests(b: Wired): number {
  return b.azure.core.journal.calls.filter(({ operation }) => operation === 'createCertificate').length;
}

export { told };
