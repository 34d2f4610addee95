import { hour } from '../../../lib/model/clock.ts';
import { identityId } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { heard } from './reasons/heard.ts';
import { createTestApp } from '../../support/createTestApp.ts';
import { createPoolCertificate, type PoolCertificate } from '../../support/poolCertificates.ts';

type Arrange = (target: Pick<PoolCertificate, 'app' | 'pool'>) => unknown;

/** As the owner has it when Keyturn finds it. */
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
])('whoever onboards hears of a pool whose identity %s', async (_sentence, arrange, told) => {
  const { app } = await onboarded(arrange);
  expect(app.messages.map(({ type }) => type)).toContain('Keyturn.Target.Adopted');
  expect(ours.filter((reason) => heard(app).has(reason))).toEqual(told);
});

test('what Resource Graph tells of an identity keeps no certificate from its nodes, and is told at the end', async () => {
  const { app, installed, newest } = await onboarded(foreign);
  await app.run(4 * hour);
  expect(installed()).toEqual([newest(), newest()]);
  expect(app.tags()['RotationPhase']).toBe('idle');
  expect(app.messages.findLast(({ type }) => type === 'Keyturn.Rotation.Completed')?.data).toMatchObject({
    notes: expect.stringContaining('pool-identity-tenant:nodes') as string,
  });
});

test('an identity that lost its rights is waited for because of its nodes, not of what Resource Graph tells', async () => {
  const { app, pool } = await onboarded(() => undefined);
  withoutRights({ app, pool });
  await app.run(6 * hour);
  expect(app.tags()['RotationPhase']).toMatch(/^verify, nodes-behind/);
});
