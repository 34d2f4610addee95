import { hour } from '../../../lib/model/clock.ts';
import { identityId } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { createTestApp } from '../../support/createTestApp.ts';
import { createPoolCertificate, type PoolCertificate } from '../../support/poolCertificates.ts';

type Arrange = (target: Pick<PoolCertificate, 'app' | 'pool'>) => unknown;

/** A target that is arranged before its adoption. */
async function onboarded(arrange: Arrange) {
  const target = await createPoolCertificate(await createTestApp({ events: 'delivered' }), { ageDays: 340 });
  await arrange(target);
  await target.app.sweep('generate');
  await target.app.deliverEvents();
  return target;
}

const foreign: Arrange = ({ app }) => app.azure.arm.identityTenants.set(identityId.toLowerCase(), 'another');
const withoutRights: Arrange = ({ pool }) => (pool.extensionFault = 'IdentityLacksRights');
const byPolicies: Arrange = (target) => {
  target.app.vault.permissionModel = 'policies';
  withoutRights(target);
};
const unseen =
  (arrange: Arrange, action: string): Arrange =>
  (target) => {
    arrange(target);
    target.app.azure.arm.denials.add({ objectId: '*', scope: '', action });
  };
const ours = ['pool-identity-tenant', 'pool-identity-rights'];

test.each([
  ['is of another tenant', foreign, ['pool-identity-tenant']],
  ['has no role for the vault', withoutRights, ['pool-identity-rights']],
  ['is in no access policy of the vault', byPolicies, ['pool-identity-rights']],
  ['is as it should be', () => undefined, []],
  ['cannot be seen', unseen(foreign, 'Microsoft.ManagedIdentity/userAssignedIdentities/read'), []],
  ['has roles that cannot be seen', unseen(withoutRights, 'Microsoft.Authorization/roleAssignments/read'), []],
  ['cannot be asked for', unseen(withoutRights, 'Microsoft.ResourceGraph/resources/read'), []],
])('adoption announces a pool whose identity %s, where it can be seen', async (_sentence, arrange, announced) => {
  const { app } = await onboarded(arrange);
  expect(app.messages.map(({ type }) => type)).toContain('Keyturn.Target.Adopted');
  expect(ours.filter((reason) => app.reasons().has(reason))).toEqual(announced);
});

test('an identity of another tenant does not hold the rotation, and is announced at its end', async () => {
  const { app, installed, newest } = await onboarded(foreign);
  await app.run(4 * hour);
  expect(installed()).toEqual([newest(), newest()]);
  expect(app.tags()['RotationPhase']).toBe('idle');
  expect(app.messages.findLast(({ type }) => type === 'Keyturn.Rotation.Completed')?.data).toMatchObject({
    notes: expect.stringContaining('pool-identity-tenant:nodes') as string,
  });
});

test('the rotation waits for the nodes of an identity that lost its rights, as nodes-behind', async () => {
  const { app, pool } = await onboarded(() => undefined);
  withoutRights({ app, pool });
  await app.run(6 * hour);
  expect(app.tags()['RotationPhase']).toMatch(/^verify, nodes-behind/);
});
