import { emergencyRequest } from '../../../support/createTestApp.ts';
import {
  certificatePolicy,
  createAdoptedPoolCertificate,
  type PoolCertificate,
} from '../../../support/poolCertificates.ts';

const kind = 'pool-certificate';

/** A second certificate of the same account, with a secret of its own. */
async function second({ app, account }: PoolCertificate): Promise<void> {
  await app.vault.createCertificate('other', certificatePolicy);
  const tags = { RotationKind: kind, CredentialId: '' };
  app.newSecret(account, { name: 'another', value: `${app.vault.uri}/certificates/other`, ageDays: 2, tags });
  await app.sweep('generate');
}

test('the only certificate of an account is found by the account and its kind', async () => {
  const { app, account } = await createAdoptedPoolCertificate();
  const answer = await app.post({ resource: account.id.toUpperCase(), kind, ...emergencyRequest });
  expect(answer).toMatchObject({ status: 202 });
});

test('of several certificates one has to be named by its secret', async () => {
  const s = await createAdoptedPoolCertificate();
  await second(s);
  const { app, account } = s;
  expect(await app.post({ resource: account.id, kind, ...emergencyRequest })).toMatchObject({
    status: 409,
    body: { title: 'Several targets' },
  });
  expect(await app.post({ vault: app.vault.uri, secret: 'another', ...emergencyRequest })).toMatchObject({
    status: 202,
  });
});

test('an unclaimed certificate has no target', async () => {
  const { app } = await createAdoptedPoolCertificate();
  const other = await app.newBatch({ name: 'unclaimed' });
  expect(await app.post({ resource: other.id, kind, ...emergencyRequest })).toMatchObject({ status: 404 });
});
