import type { Situation } from './keys.ts';
import { day, hour } from '../../../../lib/model/clock.ts';
import type { TestApp } from '../../../support/createTestApp.ts';
import {
  autoRenewPolicy,
  createAdoptedPoolCertificate,
  type PoolCertificate,
  type PoolCertificateOptions,
} from '../../../support/poolCertificates.ts';

const nearItsEnd = { ageDays: 340 };

/** Situations of pool certificates that are near their end. */
export const certificateSituations: readonly Situation[] = [
  [
    'the certificate was deleted',
    'certificate-missing',
    after(7 * hour, ({ app }) => app.vault.certificates.delete('tls')),
  ],
  [
    'Key Vault does not know the issuer',
    'certificate-awaits-merge',
    after(7 * hour, undefined, { policy: { issuer: { name: 'Unknown' } } }),
  ],
  ['the issuer refuses', 'certificate-not-issued', after(20 * hour, refusing, { ageDays: 330 })],
  [
    'the nodes observe another certificate',
    'certificate-unobserved',
    after(4 * hour, undefined, { observed: (url) => `${url}-other` }),
  ],
  ['its policy only sends mails before its end', 'no-auto-renew', after(hour)],
  ['a new version was published an hour ago', 'nodes-polling', after(hour)],
  [
    'the extension fails on the nodes',
    'nodes-behind',
    after(6 * hour, ({ pool }) => (pool.extensionFault = 'VaultUnreachable')),
  ],
  ['nodes cannot be read', 'nodes-unreadable', after(6 * hour, unreadable)],
  ['every node restarted when it had been renewed', 'seen-on-nodes', after(7 * hour, restarted, renewing())],
  ['its owner has removed the account from its tags', 'not-named-by-certificate', after(2 * hour, unnamed)],
  ['another account publishes the old version when it is to be disabled', 'certificate-still-used', sharedCertificate],
  ['no node reports anything within two polls', 'assumed-by-time', after(6 * hour)],
];

function after(
  ms: number,
  arrange?: (target: PoolCertificate) => unknown,
  wanted: PoolCertificateOptions = {},
): () => Promise<TestApp> {
  return async () => {
    const target = await createAdoptedPoolCertificate({ ...nearItsEnd, ...wanted });
    await arrange?.(target);
    await target.app.run(ms);
    return target.app;
  };
}

function unnamed({ app }: PoolCertificate): void {
  for (const { version } of app.vault.certificates.versions('tls')) {
    app.vault.certificates.update('tls', { tags: {} }, version);
  }
}

/** The other target is paused, and stays on the version that it has. */
async function sharedCertificate(): Promise<TestApp> {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT1H' };
  const { app, first } = await createAdoptedPoolCertificate({ ...nearItsEnd, tags });
  const other = await app.newBatch({ name: 'other' });
  const paused = { RotationKind: 'pool-certificate', CredentialId: '', RotationPaused: 'true' };
  app.newSecret(other, { name: 'second', value: first, ageDays: 2, tags: paused });
  await app.run(8 * hour);
  return app;
}

function refusing({ app }: PoolCertificate): void {
  app.pass(6 * day);
  app.vault.certificates.issuance.error = { code: 'Rejected', message: 'no' };
}

function unreadable({ app }: PoolCertificate): void {
  app.azure.core.faults.plan({ service: 'batch', lasting: true, effect: { kind: 'status', status: 403 } });
}

function renewing(): PoolCertificateOptions {
  return { ageDays: 300, policy: autoRenewPolicy };
}

async function restarted({ app, pool }: PoolCertificate): Promise<void> {
  app.dropEvents();
  app.pass(10 * day);
  await app.vault.catchUp();
  for (const node of pool.nodes) node.restart();
}
