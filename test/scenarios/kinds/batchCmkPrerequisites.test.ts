import type { NewKey } from '../../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import { told } from '../../support/wired.ts';
import { asked, cmk, grant, identities, inUse, newest, newKey, stands, wishFor, type Cmk } from './batchCmkStage.ts';

jest.setTimeout(60_000);

test.each<[string, string, (s: Cmk) => () => void]>([
  ['a managed identity of the account', 'identity-missing', withoutIdentity],
  ['soft delete and purge protection of the vault', 'key-not-recoverable', withoutPurgeProtection],
])('%s: nothing is made without, and a version once it is there', async (_sentence, reason, takeAway) => {
  const s = await cmk();
  const giveBack = takeAway(s);
  await s.b.live(hour);
  expect(told(s.b)).toContain(`Rotation.Held ${reason}`);
  expect([inUse(s.account), asked(s.b, 'rotateKey')]).toEqual([s.first, 0]);
  giveBack();
  await s.b.live(2 * hour);
  expect([inUse(s.account), stands(s.b).phase]).toEqual([newest(s.b.vault), 'idle']);
  expect(inUse(s.account)).not.toBe(s.first);
});

function withoutIdentity({ account }: Cmk): () => void {
  const { identity } = account;
  account.identity = identities.none;
  account.customerKey.refresh();
  return () => {
    account.identity = identity;
  };
}

function withoutPurgeProtection({ b: { vault } }: Cmk): () => void {
  vault.purgeProtection = false;
  return () => {
    vault.purgeProtection = true;
  };
}

const grants = ['get', 'wrapKey', 'unwrapKey'] as const;

test.each(grants)('an access policy without %s: the account keeps its key until the policy has it', async (lacking) => {
  const { b, account, first } = await cmk();
  const other = await b.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  other.permissionModel = 'policies';
  grant(account, other, new Set(grants.filter((each) => each !== lacking)));
  const wish = newKey(b, other, 'cmk');
  wishFor(b, wish);
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held key-policy-missing');
  expect([inUse(account), stands(b).value]).toEqual([first, first]);
  grant(account, other);
  await b.live(2 * hour);
  expect([inUse(account), stands(b).value]).toEqual([wish, wish]);
});

test.each<[string, NewKey]>([
  ['RSA of 2048 bits', { size: 2048 }],
  ['RSA of 3072 bits', { size: 3072 }],
  ['RSA of 4096 bits', { size: 4096 }],
  ['RSA in a hardware module of the vault', { kty: 'RSA-HSM' }],
  ['RSA that may wrap and unwrap and nothing else', { operations: ['wrapKey', 'unwrapKey'] }],
])('a key of %s is taken', async (_sentence, wanted) => {
  const { b, account } = await cmk();
  const wish = newKey(b, b.vault, 'other', wanted);
  wishFor(b, wish);
  await b.live(20 * minute);
  expect([inUse(account), stands(b).phase]).toEqual([wish, 'idle']);
});
