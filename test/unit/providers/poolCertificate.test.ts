import { day, hour } from '../../../lib/model/clock.ts';
import { Sealed } from '../../../lib/model/sealed.ts';
import type { Credential } from '../../../lib/model/snapshot.ts';
import { contract } from './contract.ts';
import { contractOfVersions } from './contractOfVersions.ts';
import { inProcess, type Reached } from './shells.ts';
import { during, plainly, stage, type Kind } from './stage.ts';
import { nameTarget } from '../../../infra/demo/targets.ts';
import { certificatePolicy } from '../../support/poolCertificates.ts';

const poolCertificate = {
  kind: 'pool-certificate',
  create: certificateGround,
  reads: { 'batch.get': 'resource-missing', getCertificate: 'certificate-missing' },
  makes: 'createCertificate',
  forms: [
    ({ value }) => value.open(),
    ({ value }) => value.open().replace('/certificates/', '/secrets/'),
    ({ value }) => value.open().replace(/\/[0-9a-f]{32}$/, ''),
  ],
  words: [
    ['0123456789abcdef0123456789ABCDEF', '0123456789abcdef0123456789abcdef'],
    ['Primary', undefined],
    ['versionless', undefined],
    ['6e34', undefined],
    ['', undefined],
  ],
} satisfies Kind;

async function certificateGround({ azure, place }: Reached) {
  const vault = await azure.keyVault.createVault('kv');
  const certificate = await vault.createCertificate('tls', certificatePolicy);
  const versions = () => certificate.versions;
  const urlOf = (version = '') => [`${vault.uri}/certificates/tls`, ...(version ? [version] : [])].join('/');
  const resource = await azure.createBatchAccount({ ...place, name: 'account' });
  const name = () => {
    nameTarget(vault, { secret: 's', resource, identifier: urlOf() });
  };
  name();
  return {
    resource,
    value: urlOf(versions()[0]?.version),
    foreign: urlOf('f'.repeat(32)),
    all: () => versions().map(({ version, enabled }) => ({ version, enabled })),
    works: ({ id }: Pick<Credential, 'id'>) => versions().some(({ version, enabled }) => version === id && enabled),
    versions,
    make: async () => {
      await vault.createCertificate('tls', certificatePolicy);
      name();
    },
    endingCause: 'emergency' as const,
    vault,
    certificate,
    urlOf,
  };
}

contract(poolCertificate, contractOfVersions);

/** Two versions of a certificate. */
async function twoVersions() {
  const s = await stage(poolCertificate, inProcess);
  await s.ground.make();
  const [older = '', newer = ''] = s.ground.versions().map(({ version }) => version);
  const { urlOf, vault, certificate } = s.ground;
  return { ...s, vault, certificate, urlOf, older, newer, view: (version: string) => s.view(urlOf(version)) };
}

type Two = Awaited<ReturnType<typeof twoVersions>>;

const looks = ['batch.get', 'getCertificate', 'getCertificateVersion', 'pool.list'];

describe('an inspection', () => {
  test('finds the newest version live, and nothing after it', async () => {
    const s = await twoVersions();
    const inspection = await s.provider.inspect(s.view(s.newer));
    expect(inspection).toMatchObject({ readiness: { is: 'valid' }, live: { id: s.newer }, host: s.resource.authority });
    expect(inspection.next).toBeUndefined();
    expect(inspection.startCause).toBeUndefined();
    expect(s.operations()).toEqual(looks.filter((each) => each !== 'getCertificateVersion'));
  });

  test('finds the newest version next where an older one is live, and changes nothing', async () => {
    const s = await twoVersions();
    const inspection = await s.provider.inspect(s.view(s.older));
    expect(inspection).toMatchObject({ live: { id: s.older }, next: { id: s.newer }, startCause: 'new-version' });
    expect(inspection.next?.value.open()).toBe(s.urlOf(s.newer));
    expect(s.operations()).toEqual(looks);
  });

  test.each([
    ['disabled', (s: Two) => s.vault.certificates.update('tls', { enabled: false }, s.newer)],
    [
      'expired',
      (s: Two) => {
        s.azure.clock.advance(400 * day);
      },
    ],
  ])('takes over no version that is %s', async (_sentence, spoil) => {
    const s = await twoVersions();
    spoil(s);
    expect((await s.provider.inspect(s.view(s.older))).next).toBeUndefined();
  });

  test('asks for a version when the newest one comes to its end', async () => {
    const s = await twoVersions();
    s.azure.clock.advance(340 * day);
    expect(await s.provider.inspect(s.view(s.newer))).toMatchObject({ startCause: 'near-expiry' });
  });

  test('finds nothing live in what is no identifier', async () => {
    const s = await twoVersions();
    const inspection = await s.provider.inspect(s.view('no/version'));
    expect(inspection).toMatchObject({ readiness: { is: 'valid' }, credentials: [] });
    expect(inspection.live).toBeUndefined();
  });

  test('says where there is no certificate', async () => {
    const s = await twoVersions();
    s.vault.certificates.delete('tls');
    const { readiness } = await s.provider.inspect(s.view(s.newer));
    expect(readiness).toEqual({ is: 'invalid', reason: 'certificate-missing' });
  });

  test('takes an identifier without a version for what the tag says, else for the newest', async () => {
    const s = await twoVersions();
    const untagged = s.view('');
    const taggedId = { ...untagged, secret: { ...untagged.secret, tags: { CredentialId: s.older } } };
    expect(await s.provider.inspect(untagged)).toMatchObject({ live: { id: s.newer } });
    expect(await s.provider.inspect(taggedId)).toMatchObject({ live: { id: s.older }, next: { id: s.newer } });
  });
});

test('generate asks for one version as the certificatePolicy says, and carries its tags on', async () => {
  const s = await twoVersions();
  s.vault.certificates.update('tls', { tags: { team: 'render' } });
  const view = { ...s.view(s.newer), ...during('generate', { credentials: [] }) };
  expect(await s.provider.generate(view, undefined, plainly)).toMatchObject({
    is: 'pending',
    reason: 'service-working',
  });
  expect(await s.provider.generate(view, undefined, plainly)).toMatchObject({
    readiness: { reason: 'service-working' },
  });
  s.azure.clock.advance(hour);
  const inspection = await s.provider.inspect({ ...view, now: s.azure.clock.now() });
  expect(inspection).toMatchObject({ live: { id: s.newer }, next: { id: s.certificate.versions.at(-1)?.version } });
  expect(s.certificate.versions.at(-1)?.tags).toEqual({ team: 'render' });
  expect(s.count('createCertificate')).toBe(1);
});

test('targets of one account are kept apart, and found by the events of their certificate', async () => {
  const { provider, urlOf, newer, vault, view } = await twoVersions();
  const value = new Sealed(urlOf(newer).replace('/certificates/', '/secrets/'));
  expect(provider.qualifier?.(value)).toBe(`${vault.authority}/certificates/tls`);
  expect(provider.sourceObject?.(value)).toBe(urlOf());
  expect(provider.sharedLeaseName?.(view(newer))).toBe(`${vault.authority}/certificates/tls`);
});

describe('the data plane', () => {
  test('is read to its last page, with a token', async () => {
    const s = await twoVersions();
    s.azure.createPool(s.resource, { name: 'p', nodes: 1001 });
    expect(await s.clients.batchData(s.resource.authority, '/pools/p/nodes', 'id')).toHaveLength(1001);
  });

  test('gets no token carried to another host', async () => {
    const s = await twoVersions();
    const body = { value: [], 'odata.nextLink': 'https://elsewhere.example/pools' };
    s.azure.core.faults.plan({ operation: 'batchData.pools', effect: { kind: 'status', status: 200, body } });
    await expect(s.clients.batchData(s.resource.authority, '/pools', 'id')).rejects.toMatchObject({
      reason: 'outage',
    });
  });
});
