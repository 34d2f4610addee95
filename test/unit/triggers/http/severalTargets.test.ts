import { policy, stage, type Stage } from '../../../scenarios/kinds/poolCertificateStage.ts';
import { why } from './resting.ts';

const kind = 'pool-certificate';

/** A second certificate of the same account, with a secret of its own. */
async function second({ b, account }: Stage): Promise<void> {
  await b.vault.createCertificate('other', policy);
  const tags = { RotationKind: kind, CredentialId: '' };
  b.newSecret(account, { name: 'another', value: `${b.vault.uri}/certificates/other`, ageDays: 2, tags });
  await b.sweep('generate');
}

test('the only certificate of an account is found by the account and its kind', async () => {
  const { b, account } = await stage();
  const answer = await b.post({ resource: account.id.toUpperCase(), kind, ...why });
  expect(answer).toMatchObject({ status: 202 });
});

test('of several certificates one has to be named by its secret', async () => {
  const s = await stage();
  await second(s);
  const { b, account } = s;
  expect(await b.post({ resource: account.id, kind, ...why })).toMatchObject({
    status: 409,
    body: { title: 'Several targets' },
  });
  expect(await b.post({ vault: b.vault.uri, secret: 'another', ...why })).toMatchObject({ status: 202 });
});

test('a certificate that nobody claimed has no target', async () => {
  const { b } = await stage();
  const other = await b.newBatch({ name: 'unclaimed' });
  expect(await b.post({ resource: other.id, kind, ...why })).toMatchObject({ status: 404 });
});
