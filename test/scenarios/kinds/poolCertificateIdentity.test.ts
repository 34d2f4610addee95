import { hour } from '../../../lib/model/clock.ts';
import { identityId } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { wired } from '../../support/wired.ts';
import { heard } from './reasons/heard.ts';
import { seeded, type Stage } from './poolCertificateStage.ts';

type Arrange = (s: Pick<Stage, 'b' | 'pool'>) => unknown;

/** As the owner has it when Keyturn finds it. */
async function onboarded(arrange: Arrange) {
  const s = await seeded(await wired(), { ageDays: 340 });
  await arrange(s);
  await s.b.sweep('generate');
  await s.b.deliver();
  return s;
}

const foreign: Arrange = ({ b }) => b.azure.arm.identityTenants.set(identityId.toLowerCase(), 'another');
const withoutRights: Arrange = ({ pool }) => (pool.extensionFault = 'IdentityLacksRights');
const byPolicies: Arrange = (s) => {
  s.b.vault.permissionModel = 'policies';
  withoutRights(s);
};
const unseen =
  (arrange: Arrange, action: string): Arrange =>
  (s) => {
    arrange(s);
    s.b.azure.arm.denials.add({ objectId: '*', scope: '', action });
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
  const { b } = await onboarded(arrange);
  expect(b.said().map(({ type }) => type)).toContain('Keyturn.Target.Adopted');
  expect(ours.filter((reason) => heard(b).has(reason))).toEqual(told);
});

test('what Resource Graph tells of an identity keeps no certificate from its nodes, and is told at the end', async () => {
  const { b, installed, newest } = await onboarded(foreign);
  await b.live(4 * hour);
  expect(installed()).toEqual([newest(), newest()]);
  expect(b.tags()['RotationPhase']).toBe('idle');
  expect(b.said().findLast(({ type }) => type === 'Keyturn.Rotation.Completed')?.data).toMatchObject({
    notes: expect.stringContaining('pool-identity-tenant:nodes') as string,
  });
});

test('an identity that lost its rights is waited for because of its nodes, not of what Resource Graph tells', async () => {
  const { b, pool } = await onboarded(() => undefined);
  withoutRights({ b, pool });
  await b.live(6 * hour);
  expect(b.tags()['RotationPhase']).toMatch(/^verify, nodes-behind/);
});
