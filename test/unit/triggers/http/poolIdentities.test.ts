import { z } from 'zod';
import type { Pool } from '../../../../infra/azure-emulator/src/index.ts';
import { identityId, keyVaultExtension } from '../../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { createTestApp, postRequest, type TestApp } from '../../../support/createTestApp.ts';
import { certificatePolicy } from '../../../support/poolCertificates.ts';

const answer = z.object({ findings: z.array(z.object({ reason: z.string(), advice: z.string() })) });

/** A pool whose nodes observe a certificate as they should. */
async function stage() {
  const app = await createTestApp();
  await app.vault.createCertificate('tls', certificatePolicy);
  const account = await app.newBatch();
  const settings = { observedCertificates: [`${app.vault.uri}/secrets/tls`], requireInitialSync: true };
  const extensions = [{ ...keyVaultExtension(settings), autoUpgradeMinorVersion: true }];
  const pool = app.azure.createPool(account, { name: 'render', nodes: 0, extensions, identities: [identityId] });
  return { app, pool };
}

async function findings({ app, pool }: { app: TestApp; pool: Pool }, more: object = {}): Promise<readonly string[]> {
  const { status, body } = await app.keyturn.definePool(postRequest({ pool: pool.id, ...more }));
  expect(status).toBe(200);
  return answer.parse(JSON.parse(z.string().parse(body))).findings.map(({ reason }) => reason);
}

function isForeign({ app }: { app: TestApp }): void {
  app.azure.arm.identityTenants.set(identityId.toLowerCase(), 'another');
}

function hasNoRights({ pool }: { pool: Pool }): void {
  pool.extensionFault = 'IdentityLacksRights';
}

function isHidden(s: { app: TestApp; pool: Pool }): void {
  isForeign(s);
  hasNoRights(s);
  const action = 'Microsoft.ManagedIdentity/userAssignedIdentities/read';
  s.app.azure.arm.denials.add({ objectId: '*', scope: '', action });
}

test.each([
  ['is as it should be', () => undefined, []],
  ['is of another tenant', isForeign, ['pool-identity-tenant']],
  ['has no rights in the vault', hasNoRights, ['pool-identity-rights']],
  ['cannot be seen', isHidden, []],
])('of a pool whose identity %s it says so', async (_sentence, arrange, reasons) => {
  const s = await stage();
  arrange(s);
  expect(await findings(s)).toEqual(reasons);
});

test.each([
  ['older than the documents of today', '2021-01-01', ['pool-api-outdated']],
  ['the first that they describe', '2024-07-01', []],
  ['not said', undefined, []],
])('an api-version that is %s: %j', async (_sentence, apiVersion, reasons) => {
  expect(await findings(await stage(), { apiVersion })).toEqual(reasons);
});

test('identities are asked for once, whatever the pool observes', async () => {
  const s = await stage();
  const certificates = [1, 2, 3].map((each) => `${s.app.vault.uri}/secrets/more${each}`);
  await findings(s, { certificates });
  const queries = s.app.azure.core.journal.calls.filter(({ operation }) => operation === 'resourceGraph.query');
  expect(queries).toHaveLength(2);
});
