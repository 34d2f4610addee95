import { day, hour, minute } from '../../lib/model/clock.ts';
import type { BatchAccount } from '../../infra/azure-emulator/src/index.ts';
import type { TestApp } from '../support/createTestApp.ts';
import {
  cmkTags,
  countCalls,
  createAccountWithKey,
  createAdoptedCmk,
  createDueCmk,
  enabledVersions,
  grantKeyAccess,
  keyInUse,
  newestKey,
  newKey,
  requestKey,
  secretState,
} from '../support/customerManagedKeys.ts';
import { createAdoptedPoolCertificate, type PoolCertificate } from '../support/poolCertificates.ts';

jest.setTimeout(60_000);

const certificateTags = { RotationKind: 'pool-certificate', CredentialId: '', ValidityPeriodDays: '3' };
const ruthless = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT0S' };
const nameOf = { secret: 'kv/secret', url: 'https://KV.vault.azure.net/secrets/Secret/' };

/** Operations that change an account, a key or a certificate. */
const changing =
  /^(batch\.update|rotateKey|createKey|updateKey|createCertificate|updateCertificate|updateCertificatePolicy)$/;

function changes({ azure }: TestApp): readonly string[] {
  return azure.core.journal.calls.map(({ operation }) => operation).filter((operation) => changing.test(operation));
}

/** An attacker may write one secret of the vault, and tags it for an account of another owner. */
async function forged(tags: Record<string, string>, named: Record<string, string> = {}) {
  const target = await createAccountWithKey();
  const { app, account, first } = target;
  account.tags = named;
  app.newSecret(account, { value: first, tags: { ...cmkTags, ...tags }, isNamed: false });
  await app.run(20 * hour);
  return target;
}

describe('R25: the encryption of an account is left alone', () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['where it names no secret, and the secret wants keys of the service', { RotationKey: 'Microsoft.Batch' }, {}],
    [
      'where it names no secret, and the secret wants a key elsewhere',
      { RotationKey: 'https://evil.vault.azure.net/keys/k' },
      {},
    ],
    ['where it names another secret of the vault', {}, { KeyturnCmk: 'kv/other' }],
    ['where it names the secret of another vault', {}, { KeyturnCmk: 'kv2/secret' }],
    ['where it names two secrets', {}, { KeyturnCmk: 'kv/secret kv/other' }],
    ['where it names another URL', {}, { KeyturnCmk: 'https://kv2.vault.azure.net/secrets/secret' }],
    ['where the tag is empty', {}, { KeyturnCmk: ' ' }],
  ])('%s', async (_sentence, tags, named) => {
    const { app, account, first } = await forged(tags, named);
    expect([keyInUse(account), changes(app)]).toEqual([first, []]);
    expect(app.announced()).toEqual(['Rotation.Held not-named-by-resource']);
    expect(hostsCalled(app)).not.toContain('evil.vault.azure.net');
  });

  test('in observe mode too, and that is announced', async () => {
    const { app, account, first } = await createAccountWithKey(undefined, true, { KEYTURN_MODE: 'observe' });
    app.newSecret(account, { value: first, tags: cmkTags, isNamed: false });
    await app.sweep('generate');
    expect([...app.reasons()]).toContain('not-named-by-resource');
  });
});

test.each(Object.entries(nameOf))(
  'R25: an account can name a secret by %s, in any case',
  async (_sentence, KeyturnCmk) => {
    const { app, account, first } = await createAccountWithKey();
    account.tags = { keyturncmk: KeyturnCmk };
    app.newSecret(account, { value: first, tags: cmkTags, isNamed: false });
    await app.run(20 * minute);
    expect(keyInUse(account)).toBe(newestKey(app.vault));
  },
);

test('R25: the reason comes with the command that names the secret', async () => {
  const { app, account } = await forged({});
  const details = app.messages
    .filter(({ data }) => data.reason === 'not-named-by-resource')
    .map(({ data }) => data['detail']);
  expect(details).toEqual([
    `az tag update --resource-id '${account.id}' --operation Merge --tags 'KeyturnCmk=kv/secret'`,
  ]);
});

test('R25: a tag that is taken away in mid-rotation stops the rotation, and the first inspection after it is back goes on', async () => {
  const { app, account, first } = await createDueCmk({ RotationOptions: 'disable-old-version' });
  await app.run(20 * minute);
  expect(keyInUse(account)).not.toBe(first);
  const named = account.tags;
  account.tags = {};
  await app.run(30 * hour);
  expect(enabledVersions(app)).toEqual([true, true]);
  expect(secretState(app).phase).toContain('not-named-by-resource');
  account.tags = named;
  await app.run(2 * hour);
  expect(enabledVersions(app)).toEqual([false, true]);
  expect(app.announced()).toContain('Rotation.Held newly-named');
});

test('R25: a target that is named anew waits one adoption grace', async () => {
  const { app, account, first } = await createAccountWithKey(undefined, true, { KEYTURN_ADOPTION_GRACE: 'PT6H' });
  app.newSecret(account, { value: first, tags: cmkTags });
  await app.run(hour);
  const named = account.tags;
  account.tags = {};
  await app.run(7 * hour);
  account.tags = named;
  await app.run(3 * hour);
  expect(countCalls(app, 'rotateKey')).toBe(0);
  expect(secretState(app).phase).toMatch(/adoption-grace/);
  await app.run(8 * hour);
  expect(countCalls(app, 'rotateKey')).toBe(1);
});

describe('R25: a claim goes to the secret that the account names', () => {
  test('although another one was first, and is paused', async () => {
    const { app, account, first } = await createAccountWithKey();
    app.newSecret(account, {
      name: 'squatter',
      value: first,
      tags: { ...cmkTags, RotationPaused: 'true' },
      isNamed: true,
    });
    await app.run(hour);
    account.tags = { KeyturnCmk: 'kv/secret' };
    app.newSecret(account, { value: first, tags: cmkTags, isNamed: false });
    await app.run(hour);
    expect(keyInUse(account)).toBe(newestKey(app.vault));
    expect(app.tags('squatter')['RotationPhase']).toContain('not-named-by-resource');
  });

  test('and to no other one while that is deleted', async () => {
    const { app, account, first } = await createAdoptedCmk();
    app.newSecret(account, { name: 'heir', value: first, tags: cmkTags, isNamed: false });
    app.vault.delete('secret');
    await app.run(3 * hour);
    expect([keyInUse(account), changes(app)]).toEqual([first, []]);
    expect(app.tags('heir')['RotationPhase']).toContain('not-named-by-resource');
  });
});

describe('R26: the request for another key', () => {
  test('of a secret is an error that names the account’s tag', async () => {
    const { app, account, first } = await createDueCmk({ RotationKey: 'Microsoft.Batch' });
    await app.run(hour);
    expect([keyInUse(account), changes(app)]).toEqual([first, []]);
    const [held] = app.messages.filter(({ data }) => data.reason === 'bad-tags');
    expect(held?.data['detail']).toBe(
      `az tag update --resource-id '${account.id}' --operation Merge --tags 'KeyturnKey=<URL of the key>'`,
    );
  });

  test('of a secret that is met is none', async () => {
    const { app, account, first } = await createAccountWithKey();
    app.newSecret(account, { value: first, tags: { ...cmkTags, RotationKey: first.slice(0, first.lastIndexOf('/')) } });
    await app.run(20 * minute);
    expect(keyInUse(account)).toBe(newestKey(app.vault));
  });

  test('for a key in a vault that is not listed is refused, and no request goes there', async () => {
    const { app, account, first } = await createDueCmk();
    const far = await app.azure.keyVault.createVault('far');
    far.purgeProtection = true;
    grantKeyAccess(account, far);
    requestKey(account, newKey(app, far, 'cmk'));
    await app.run(hour);
    expect([keyInUse(account), [...app.reasons()].includes('vault-not-listed')]).toEqual([first, true]);
    expect(hostsCalled(app)).not.toContain(far.authority);
  });
});

function hostsCalled({ azure }: TestApp): readonly string[] {
  return azure.core.journal.calls.map(({ authority }) => authority);
}

/** The certificate of other people's nodes, and an account of the attacker, with a pool that observes it or without nodes. */
async function forgedCertificate(arrange: (target: PoolCertificate, account: BatchAccount) => unknown) {
  const target = await createAdoptedPoolCertificate();
  const { app, first } = target;
  const account = await app.newBatch({ name: 'theirs' });
  await arrange(target, account);
  const tags = { ...certificateTags, ...ruthless, RotationOptions: 'disable-old-version auto-renew' };
  app.newSecret(account, { name: 'forged', value: first, tags, isNamed: false });
  const before = changes(app).length;
  await app.run(40 * hour);
  return { ...target, account, made: changes(app).slice(before) };
}

describe('R25: a certificate is left alone where it does not name the account', () => {
  test.each<[string, (target: PoolCertificate, account: BatchAccount) => unknown]>([
    ['and no pool of the account observes it', () => undefined],
    [
      'although a pool of the account observes it',
      ({ app, idOf, newest }, account) =>
        app.azure.createPool(account, { name: 'bait', nodes: 0, extensions: [extensionFor(idOf(newest()))] }),
    ],
  ])('%s', async (_sentence, arrange) => {
    const { app, certificate, made } = await forgedCertificate(arrange);
    expect([made, certificate.versions.length, certificate.versions[0]?.enabled]).toEqual([[], 1, true]);
    expect(certificate.policy.lifetime_actions[0]?.action.action_type).toBe('EmailContacts');
    expect(app.tags('forged')['RotationPhase']).toContain('not-named-by-certificate');
  });
});

function extensionFor(url: string) {
  return {
    ...{ name: 'certificates', publisher: 'Microsoft.Azure.KeyVault', type: 'KeyVaultForLinux' },
    ...{ typeHandlerVersion: '3.0', settings: { secretsManagementSettings: { observedCertificates: [url] } } },
  };
}

test('R25: the reason comes with the command that names the account beside those that are named', async () => {
  const { app, certificate } = await forgedCertificate(() => undefined);
  const [held] = app.messages.filter(({ data }) => data.reason === 'not-named-by-certificate');
  const [version] = certificate.versions;
  expect(held?.data['detail']).toBe(
    `az keyvault certificate set-attributes --id 'https://kv.vault.azure.net/certificates/tls/${version?.version ?? ''}' ` +
      `--tags 'KeyturnAccounts=account.westeurope theirs.westeurope' (repeat its other tags)`,
  );
});

test('R25: a secret that is retagged from one kind to the other is held', async () => {
  const { app, account } = await createAdoptedPoolCertificate();
  account.tags = {};
  app.vault.update('secret', { tags: { ...app.tags(), RotationKind: 'batch-cmk' } });
  const before = changes(app).length;
  await app.run(30 * hour);
  expect([changes(app).slice(before), secretState(app).phase]).toEqual([
    [],
    expect.stringContaining('not-named-by-resource'),
  ]);
});

test('R25: any enabled version of a certificate may name the account, and the newest does before the last one ends', async () => {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT1H' };
  const target = await createAdoptedPoolCertificate({ tags });
  const { app, certificate } = target;
  await app.vault.createCertificate('tls', certificate.policy);
  await app.run(10 * hour);
  expect(target.enabled()).toEqual([false, true]);
  expect(certificate.versions.map((version) => version.tags?.['KeyturnAccounts'])).toEqual(
    Array(2).fill('account.westeurope'),
  );
});

test('R25: a claim on a certificate is not handed over while its secret is deleted', async () => {
  const target = await createAdoptedPoolCertificate();
  const { app, account, first } = target;
  app.newSecret(account, { name: 'heir', value: first, tags: { ...certificateTags, ...ruthless } });
  app.vault.delete('secret');
  await app.run(30 * hour);
  expect([target.enabled(), app.tags('heir')['RotationPhase']]).toEqual([
    [true],
    expect.stringContaining('claimed-twice'),
  ]);
});

describe('R25: a version of a key ends only where the key names the account', () => {
  test.each<[string, Record<string, string>, readonly boolean[]]>([
    ['by no tag', {}, [true, true]],
    ['by the tag of another account', { KeyturnAccounts: 'theirs.westeurope' }, [true, true]],
    ['by its own', { KeyturnAccounts: 'other.northeurope account.westeurope' }, [false, true]],
  ])('%s', async (_sentence, tags, enabled) => {
    const { app } = await createDueCmk({ RotationOptions: 'disable-old-version' });
    for (const { version } of app.vault.keys.versions('cmk')) app.vault.keys.update('cmk', { tags }, version);
    await app.run(28 * hour);
    expect(enabledVersions(app)).toEqual(enabled);
  });
});

describe('R27: an old version of a certificate', () => {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT1H' };

  test('gets two polls of the slowest pool, however short the overlap', async () => {
    const target = await createAdoptedPoolCertificate({ ageDays: 340, tags });
    target.newPool('slow', `${target.app.vault.uri}/secrets/tls`, 1, String(6 * 3_600));
    await target.app.run(11 * hour);
    expect(target.enabled()).toEqual([true, true]);
    await target.app.run(30 * hour);
    expect(target.enabled()).toEqual([false, true]);
  });

  test('gets them although every node has the new one already', async () => {
    const target = await createAdoptedPoolCertificate({ ageDays: 340, tags });
    await target.app.run(20 * minute);
    target.newPool('slow', `${target.app.vault.uri}/secrets/tls`, 1, String(6 * 3_600));
    await target.app.run(11 * hour);
    expect(target.enabled()).toEqual([true, true]);
    await target.app.run(10 * hour);
    expect(target.enabled()).toEqual([false, true]);
  });

  test('stays while no pool observes it, and the certificate is renewed all the same', async () => {
    const target = await createAdoptedPoolCertificate({ ageDays: 340, tags, observed: (url) => `${url}-other` });
    await target.app.run(9 * day);
    expect([target.enabled(), secretState(target.app).phase]).toEqual([[true, true], 'idle']);
  });

  test.each<[string, string, readonly boolean[]]>([
    ['while another target that is named publishes it', 'graceful', [true, true]],
    ['but not after it leaked', 'immediate', [false, true]],
  ])('stays %s', async (_sentence, mode, enabled) => {
    const target = await createAdoptedPoolCertificate({ ageDays: mode === 'graceful' ? 340 : 10, tags });
    const { app, first } = target;
    const other = await app.newBatch({ name: 'other' });
    app.newSecret(other, {
      ...{ name: 'second', value: first, ageDays: 2 },
      tags: { ...certificateTags, ValidityPeriodDays: '', RotationPaused: 'true' },
    });
    await app.run(20 * minute);
    if (mode === 'immediate') {
      await app.post({ vault: app.vault.uri, secret: 'secret', mode, reason: 'leaked' });
    }
    await app.run(2 * day);
    expect(target.enabled()).toEqual(enabled);
  });

  test('is not kept by a target whose account is not named', async () => {
    const target = await createAdoptedPoolCertificate({ ageDays: 340, tags });
    const { app, first } = target;
    const other = await app.newBatch({ name: 'theirs' });
    app.newSecret(other, { name: 'second', value: first, ageDays: 2, tags: certificateTags, isNamed: false });
    await app.run(10 * hour);
    expect(target.enabled()).toEqual([false, true]);
  });
});
