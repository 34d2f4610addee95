import type { VaultEvent } from '../../src/event-grid/state.ts';
import { dayMs, startWithEvents } from '../support.ts';

const policy = { x509_props: { subject: 'CN=c' }, key_props: { kty: 'EC' as const }, issuer: { name: 'Self' } };
const mail = { trigger: { lifetime_percentage: 80 }, action: { action_type: 'EmailContacts' as const } };
const notify = (timeBeforeExpiry: string) => [{ type: 'Notify' as const, timeBeforeExpiry }];

async function withVault() {
  const azure = await startWithEvents();
  await azure.subscribe({ source: azure.vault.id });
  return {
    ...azure,
    inDays: (days: number) => new Date(azure.clock.now().getTime() + days * dayMs),
    short: () => azure.types().map((type) => type.split('.').at(-1)),
    async passDays(days: number) {
      await azure.eventGrid.pump();
      azure.clock.advance(days * dayMs);
      await azure.eventGrid.pump();
    },
  };
}

test('a new version of a key raises an event of a key', async () => {
  const { vault, inDays, eventGrid } = await withVault();
  const { version } = vault.createKey('k', { expiresOn: inDays(90) });
  await eventGrid.pump();
  expect(eventGrid.deliveries.map(({ event }) => event)).toMatchObject([
    {
      ...{ type: 'Microsoft.KeyVault.KeyNewVersionCreated', subject: 'k', source: vault.id },
      data: {
        Id: `https://kv.vault.azure.net/keys/k/${version}`,
        ...{ VaultName: 'kv', ObjectType: 'Key', ObjectName: 'k', Version: version, NBF: null },
        EXP: inDays(90).getTime() / 1_000,
      },
    },
  ]);
});

test('a certificate raises events of a certificate only', async () => {
  const { vault, short, passDays, eventGrid } = await withVault();
  const { versions } = await vault.createCertificate('c', { ...policy, lifetime_actions: [mail] });
  await passDays(400);
  expect(short()).toEqual(['CertificateNewVersionCreated', 'CertificateExpired']);
  expect(eventGrid.deliveries[0]?.event.data).toMatchObject({
    ...{ ObjectType: 'Certificate', Version: versions[0]?.version },
    NBF: (versions[0]?.notBefore.getTime() ?? 0) / 1_000,
  });
});

test('a certificate is near its expiry 30 days before', async () => {
  const { vault, short, passDays } = await withVault();
  await vault.createCertificate('c', { ...policy, lifetime_actions: [mail] });
  await passDays(334.9);
  expect(short().slice(1)).toEqual([]);
  await passDays(0.2);
  expect(short().slice(1)).toEqual(['CertificateNearExpiry']);
});

test.each([
  ['as early as the policy says', { expiryTime: 'P90D', actions: notify('P40D') }, 50],
  ['30 days before where the policy does not say', { expiryTime: 'P90D', actions: [] }, 60],
])('a key is near its expiry %s, once', async (_sentence, rules, dueDays) => {
  const { vault, inDays, short, passDays } = await withVault();
  vault.createKey('k', { expiresOn: inDays(90) });
  vault.keys.setRotationPolicy('k', rules);
  vault.keys.setRotationPolicy('k', rules);
  await passDays(dueDays - 0.1);
  expect(short()).toEqual(['KeyNewVersionCreated']);
  await passDays(0.2);
  expect(short()).toEqual(['KeyNewVersionCreated', 'KeyNearExpiry']);
  await passDays(100);
  expect(short()).toEqual(['KeyNewVersionCreated', 'KeyNearExpiry', 'KeyExpired']);
});

test.each([
  ['without a policy', undefined],
  ['whose policy has no expiry', { actions: notify('P30D') }],
])('a key %s expires without a word before', async (_sentence, rules) => {
  const { vault, inDays, short, passDays } = await withVault();
  vault.createKey('k', { expiresOn: inDays(90) });
  if (rules) vault.keys.setRotationPolicy('k', rules);
  await passDays(61);
  await passDays(30);
  expect(short()).toEqual(['KeyNewVersionCreated', 'KeyExpired']);
});

test('scheduled tasks of a vault raise events in time, without any request', async () => {
  const { vault, short, clock, pass } = await withVault();
  vault.createKey('k');
  vault.keys.setRotationPolicy('k', { actions: [{ type: 'Rotate', timeAfterCreate: 'P30D' }] });
  await vault.certificates.request('c', policy);
  await pass(3);
  expect(short()).toEqual(['KeyNewVersionCreated', 'CertificateNewVersionCreated', 'KeyNewVersionCreated']);
  expect(clock.now()).toEqual(new Date('2026-12-22T10:00:00Z'));
  expect(vault.certificate('c').versions).toHaveLength(1);
});

test.each(['KeyNearExpiry', 'CertificateExpired', 'SecretNearExpiry'] satisfies VaultEvent[])(
  'a test can publish %s at once',
  async (type) => {
    const { vault, eventGrid } = await withVault();
    vault.createKey('k');
    vault.setSecret('s', '1');
    await vault.createCertificate('c', policy);
    const name = type.charAt(0).toLowerCase();
    expect(eventGrid.emit(type, vault, name).data).toMatchObject({
      ObjectName: name,
      ObjectType: type.replace(/Near.*|Exp.*/, ''),
    });
    expect(() => eventGrid.emit(type, vault, 'nobody')).toThrow('NotFound');
  },
);
