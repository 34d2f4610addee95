import { randomBytes } from 'node:crypto';
import type { Effect } from '../../infra/local/azure/faults.ts';
import { localAzure } from '../../infra/local/azure/azure.ts';
import { manualClock } from '../../infra/local/azure/clock.ts';
import { credential, inProcessHttpClient } from '../../infra/local/azure/shells/inProcess.ts';
import { clients } from '../../lib/clients.ts';
import { graph } from '../../lib/graph.ts';
import { day, hour, later } from '../../lib/model/clock.ts';
import { Sealed } from '../../lib/model/sealed.ts';
import { blank, type Rotation } from '../../lib/model/state.ts';
import { spare } from '../../lib/model/target.ts';
import type { View } from '../../lib/providers/provider.ts';
import { poolCertificate } from '../../lib/providers/poolCertificate.ts';
import { wishes } from '../decide/situation.ts';
import { policy } from '../kinds/poolCertificateStage.ts';

const start = new Date('2026-03-02T01:00:00Z');
const place = { subscriptionId: '5ab5c000-0000-4000-8000-000000000001', resourceGroup: 'rg', location: 'westeurope' };

/** Two versions of a certificate on the local Azure, and the provider with the real clients. */
async function stage() {
  const azure = await localAzure({ clock: manualClock(start) });
  const vault = await azure.keyVault.createVault('kv');
  const account = await azure.createBatchAccount({ ...place, name: 'account' });
  const certificate = await vault.createCertificate('tls', policy, { createdOn: later(start, -10 * day) });
  await vault.createCertificate('tls', policy, { createdOn: later(start, -day) });
  const [older = '', newer = ''] = certificate.versions.map(({ version }) => version);
  const endpoints = { armEndpoint: azure.armEndpoint, armAudience: 'https://management.azure.com' };
  const all = clients(credential(azure), inProcessHttpClient(azure), endpoints);
  const provider = poolCertificate({ clients: all, graph: graph(all.arm), random: randomBytes });
  const urlOf = (version: string) => [`${vault.uri}/certificates/tls`, ...(version ? [version] : [])].join('/');
  function view(version: string, more: Partial<View> = {}): View {
    const value = new Sealed(urlOf(version));
    const secret = { version: 'v1', value, createdOn: start, updatedOn: start, tags: {} };
    const named = { secret: { vaultUrl: vault.uri, name: 's' }, kind: 'pool-certificate', resource: account.id };
    return { target: { ...named, wishes }, secret, state: blank, now: azure.clock.now(), ...more };
  }
  const operations = () =>
    azure.core.journal.calls.filter(({ status }) => status !== 401).map((call) => call.operation);
  return { azure, vault, certificate, account, provider, older, newer, view, urlOf, operations, data: all.batchData };
}

/** A first look sees the pools too, for whoever onboards. */
const looks = ['batch.get', 'getCertificate', 'getCertificateVersion', 'pool.list'];

function inPhase(phase: Rotation['phase'], more: Partial<Rotation> = {}): Pick<View, 'state'> {
  const rotation: Rotation = { phase, cause: 'schedule', start, mode: 'graceful', gone: [], ...more };
  return { state: { ...blank, rotation } };
}

describe('a look', () => {
  test('finds the newest version live, and nothing after it', async () => {
    const s = await stage();
    const look = await s.provider.look(s.view(s.newer));
    expect(look).toMatchObject({ fit: { is: 'good' }, live: { id: s.newer }, host: s.account.authority });
    expect(look).not.toHaveProperty('next');
    expect(look).not.toHaveProperty('asks');
    expect(s.operations()).toEqual(looks.filter((each) => each !== 'getCertificateVersion'));
  });

  test('finds the newest version next where an older one is live, and changes nothing', async () => {
    const s = await stage();
    const look = await s.provider.look(s.view(s.older));
    expect(look).toMatchObject({ live: { id: s.older }, next: { id: s.newer }, asks: 'new-version' });
    expect(look.next?.value.open()).toBe(s.urlOf(s.newer));
    expect(s.operations()).toEqual(looks);
  });

  test.each([
    [
      'disabled',
      (s: Awaited<ReturnType<typeof stage>>) => s.vault.certificates.update('tls', { enabled: false }, s.newer),
    ],
    [
      'expired',
      (s: Awaited<ReturnType<typeof stage>>) => {
        s.azure.clock.advance(400 * day);
      },
    ],
  ])('takes over no version that is %s', async (_sentence, spoil) => {
    const s = await stage();
    spoil(s);
    expect(await s.provider.look(s.view(s.older))).not.toHaveProperty('next');
  });

  test('asks for a version when the newest one comes to its end', async () => {
    const s = await stage();
    s.azure.clock.advance(340 * day);
    expect(await s.provider.look(s.view(s.newer))).toMatchObject({ asks: 'near-expiry' });
  });

  test.each([
    ['a version that the certificate has not', 'f'.repeat(32)],
    ['no identifier', '/no/version'],
  ])('finds nothing live in %s', async (_sentence, version) => {
    const s = await stage();
    const look = await s.provider.look(s.view(version));
    expect(look.fit).toEqual({ is: 'good' });
    expect(look).not.toHaveProperty('live');
    expect(look.all).toEqual([]);
  });

  test('says where there is no certificate', async () => {
    const s = await stage();
    s.vault.certificates.delete('tls');
    const { fit } = await s.provider.look(s.view(s.newer));
    expect(fit).toEqual({ is: 'bad', reason: 'certificate-missing' });
  });

  test('takes an identifier without a version for what the tag says, else for the newest', async () => {
    const s = await stage();
    const untagged = s.view('');
    const tagged = { ...untagged, secret: { ...untagged.secret, tags: { CredentialId: s.older } } };
    expect(await s.provider.look(untagged)).toMatchObject({ live: { id: s.newer } });
    expect(await s.provider.look(tagged)).toMatchObject({ live: { id: s.older }, next: { id: s.newer } });
  });
});

test('generate takes what was made meanwhile, and sends nothing', async () => {
  const s = await stage();
  const made = await s.provider.generate(s.view(s.older, inPhase('generate')), undefined);
  expect(made).toMatchObject({ next: { id: s.newer } });
  expect(s.operations()).not.toContain('createCertificate');
});

test('generate asks for one version as the policy says, and carries its tags on', async () => {
  const s = await stage();
  s.vault.certificates.update('tls', { tags: { team: 'render' } });
  const view = s.view(s.newer, inPhase('generate'));
  expect(await s.provider.generate(view, undefined)).toMatchObject({ is: 'pending', reason: 'service-working' });
  expect(await s.provider.generate(view, undefined)).toMatchObject({ fit: { reason: 'service-working' } });
  s.azure.clock.advance(hour);
  const look = await s.provider.look({ ...view, now: s.azure.clock.now() });
  expect(look).toMatchObject({ live: { id: s.newer }, next: { id: s.certificate.versions.at(-1)?.version } });
  expect(s.certificate.versions.at(-1)?.tags).toEqual({ team: 'render' });
  expect(s.operations().filter((name) => name === 'createCertificate')).toHaveLength(1);
});

test('revoke disables the old version and nothing else', async () => {
  const s = await stage();
  const old = spare(s.older, s.newer, undefined);
  const gone = [(await s.provider.look(s.view(s.older))).held.fingerprint];
  const view = s.view(s.newer, inPhase('revoke', { cause: 'emergency', gone }));
  expect((await s.provider.look(view)).all.map(({ id }) => id)).toEqual([s.newer, s.older]);
  const after = old && (await s.provider.revoke(view, old));
  expect(after).toMatchObject({ live: { id: s.newer }, all: [{ id: s.newer }] });
  expect(s.certificate.versions.map(({ enabled }) => enabled)).toEqual([false, true]);
});

test('targets of one account are told apart, and found by the events of their certificate', async () => {
  const { provider, urlOf, newer, vault, view } = await stage();
  const value = new Sealed(urlOf(newer).replace('/certificates/', '/secrets/'));
  expect(provider.part?.(value)).toBe(`${vault.authority}/certificates/tls`);
  expect(provider.follows?.(value)).toBe(urlOf(''));
  expect(provider.shares?.(view(newer))).toBe(`${vault.authority}/certificates/tls`);
});

test.each([
  ['0123456789abcdef0123456789ABCDEF', '0123456789abcdef0123456789abcdef'],
  ['Primary', undefined],
  ['versionless', undefined],
])('the word %j names %s', async (word, id) => {
  expect((await stage()).provider.credentialId(word)).toBe(id);
});

function answered(status: number, code: string): Effect {
  return { kind: 'status', status, body: { error: { code, message: 'No.' } } };
}

const failures: [string, Effect, object][] = [
  ['a missing role', answered(403, 'Forbidden'), { reason: 'forbidden', detail: { answered: true } }],
  ['throttling', answered(429, 'Throttled'), { reason: 'throttled' }],
  ['an outage', answered(503, 'Unavailable'), { reason: 'outage', detail: { answered: false } }],
  ['a refusal', answered(400, 'BadParameter'), { reason: 'refused', detail: { code: 'BadParameter' } }],
  ['a reset', { kind: 'reset' }, { reason: 'outage' }],
];

describe.each(['getCertificate', 'createCertificate'])('%s that meets', (operation) => {
  test.each(failures)('%s is sent once', async (_sentence, effect, failure) => {
    const s = await stage();
    s.azure.core.faults.plan({ operation, lasting: true, effect });
    await expect(s.provider.generate(s.view(s.newer, inPhase('generate')), undefined)).rejects.toMatchObject(failure);
    expect(s.operations().filter((name) => name === operation)).toHaveLength(1);
  });
});

describe('the data plane', () => {
  test('is read to its last page, with a token', async () => {
    const s = await stage();
    s.azure.createPool(s.account, { name: 'p', nodes: 1001 });
    expect(await s.data(s.account.authority, '/pools/p/nodes', 'id')).toHaveLength(1001);
  });

  test('gets no token carried to another host', async () => {
    const s = await stage();
    const body = { value: [], 'odata.nextLink': 'https://elsewhere.example/pools' };
    s.azure.core.faults.plan({ operation: 'batchData.pools', effect: { kind: 'status', status: 200, body } });
    await expect(s.data(s.account.authority, '/pools', 'id')).rejects.toMatchObject({ reason: 'refused' });
  });
});
