import type { Effect } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../../lib/model/clock.ts';
import { signed } from './poolCertificateAuthority.ts';
import { requests, stage, told, type Stage } from './poolCertificateStage.ts';

const nearItsEnd = { ageDays: 340 };
const pinned = { ...nearItsEnd, observed: (url: string, version: string) => `${url}/${version}` };

/** Announcements of a reason, with the code they carry. */
function codesOf({ b }: Stage, reason: string): readonly (string | undefined)[] {
  return b.said().flatMap(({ type, data }) => (type.includes('Rotation') && data.reason === reason ? [data.code] : []));
}

test('a pool that pins a version is named, and keeps the certificate from nothing', async () => {
  const s = await stage(pinned);
  await s.b.live(12 * hour);
  expect(s.certificate.versions).toHaveLength(2);
  expect(s.value()).toBe(s.idOf(s.newest()));
  expect(codesOf(s, 'pool-url-pinned')).toEqual(['nodes']);
  await s.b.live(14 * hour);
  expect(told(s.b)).toContain('Rotation.Stuck pool-url-pinned');
  expect(s.b.tags()['RotationPhase']).toBe('idle');
});

test('its nodes still use the old version: it is not disabled, whatever is wished', async () => {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT2H' };
  const { b, certificate } = await stage({ ...pinned, tags });
  await b.live(2 * day);
  expect(b.tags()['RotationPhase']).toBe('idle');
  expect(certificate.versions.map(({ enabled }) => enabled)).toEqual([true, true]);
});

test('nodes whose extension fails are waited for, until they do not', async () => {
  const s = await stage(nearItsEnd);
  s.pool.extensionFault = 'VaultUnreachable';
  await s.b.live(6 * hour);
  expect(codesOf(s, 'nodes-behind')).toEqual(['nodes']);
  expect(s.b.tags()['RotationPhase']).toMatch(/^verify, nodes-behind/);
  s.pool.extensionFault = undefined;
  await s.b.live(3 * hour);
  expect(s.installed()).toEqual([s.newest(), s.newest()]);
  expect(s.b.tags()['RotationPhase']).toBe('idle');
});

test('nodes that come and go confuse nothing', async () => {
  const s = await stage(nearItsEnd);
  for (let hours = 0; hours < 5; hours += 1) {
    const [first] = s.pool.nodes;
    if (first) s.pool.removeNode(first);
    s.pool.addNode().become('rebooting');
    await s.b.live(hour);
  }
  expect(s.b.tags()['RotationPhase']).toBe('idle');
});

test('nodes that started since, and waited for their first certificates, need no time', async () => {
  const lifetime_actions = [{ trigger: { days_before_expiry: 60 }, action: { action_type: 'AutoRenew' as const } }];
  const s = await stage({ ageDays: 300, policy: { lifetime_actions } });
  s.b.azure.eventGrid.settings.deliver = () => Promise.resolve(new Response(null, { status: 200 }));
  s.b.pass(10 * day);
  await s.b.vault.catchUp();
  for (const node of s.pool.nodes) node.restart();
  await s.b.live(7 * hour);
  expect(s.value()).toBe(s.idOf(s.newest()));
  expect(told(s.b)).not.toContain('Rotation.Held nodes-polling');
  expect(s.b.tags()['RotationPhase']).toBe('idle');
});

test('where the app may not read nodes, time alone tells', async () => {
  const s = await stage(nearItsEnd);
  s.b.azure.core.faults.plan({ service: 'batch', lasting: true, effect: { kind: 'status', status: 403 } });
  await s.b.live(hour);
  expect(s.b.tags()['RotationPhase']).toMatch(/^verify, nodes-polling/);
  await s.b.live(3 * hour);
  expect(s.b.tags()['RotationPhase']).toBe('idle');
});

test('pools that cannot be listed are said, and waited for a day', async () => {
  const s = await stage(nearItsEnd);
  s.b.azure.core.faults.plan({ operation: 'pool.list', lasting: true, effect: { kind: 'status', status: 403 } });
  await s.b.live(day);
  expect(s.b.tags()['RotationPhase']).toMatch(/^verify, forbidden/);
  await s.b.live(4 * hour);
  expect(s.b.tags()['RotationPhase']).toBe('idle');
});

const byHand = { issuer: { name: 'Unknown' } };

test('a request that somebody has to have signed is told, without a word of it, and taken up when merged', async () => {
  const s = await stage({ ...nearItsEnd, policy: byHand });
  await s.b.live(7 * hour);
  expect(codesOf(s, 'certificate-awaits-merge')).toEqual(['tls']);
  expect(requests(s.b)).toBe(1);
  const { csr } = s.b.vault.certificates.pending('tls');
  const written = JSON.stringify([s.b.said(), s.b.tags()]);
  expect(written).not.toContain(csr.toString('base64').slice(0, 40));
  await s.b.vault.certificates.merge('tls', await signed(csr));
  await s.b.live(4 * hour);
  expect(s.value()).toBe(s.idOf(s.newest()));
  expect(s.b.tags()['RotationPhase']).toBe('idle');
});

test('what the issuer refuses is told with its code, and asked for once a day', async () => {
  const s = await stage({ ageDays: 330 });
  s.b.pass(6 * day);
  s.b.vault.certificates.issuance.error = { code: 'Request rejected', message: 'no' };
  await s.b.live(20 * hour);
  expect(codesOf(s, 'certificate-not-issued')).toEqual(['Requestrejected']);
  expect(requests(s.b)).toBe(1);
  s.b.vault.certificates.issuance.error = undefined;
  await s.b.live(30 * hour);
  expect(requests(s.b)).toBe(2);
  expect(s.value()).toBe(s.idOf(s.newest()));
});

test('an issuer that takes long is asked once, and looked at less and less', async () => {
  const s = await stage({ ageDays: 330 });
  s.b.vault.certificates.issuance.takesMs = 5 * hour;
  await s.b.events(5 * day + hour);
  await s.b.live(10 * hour);
  expect(requests(s.b)).toBe(1);
  expect(s.value()).toBe(s.idOf(s.newest()));
});

const strikes: [string, string, Effect][] = [
  ['before the request for a version', 'createCertificate', { kind: 'stop', when: 'before' }],
  ['after it', 'createCertificate', { kind: 'stop', when: 'after' }],
  ['while it is looked at', 'getCertificateOperation', { kind: 'stop', when: 'after' }],
  ['before the secret is written', 'setSecret', { kind: 'stop', when: 'before' }],
  ['after the secret is written', 'setSecret', { kind: 'stop', when: 'after' }],
  ['while pools are listed', 'pool.list', { kind: 'stop', when: 'after' }],
  ['with the answer to the request lost', 'createCertificate', { kind: 'lost-response' }],
];

test.each(strikes)(
  'a worker that ends %s: the next one makes no second version',
  async (_sentence, operation, effect) => {
    const s = await stage({ tags: { ValidityPeriodDays: '90' } });
    s.b.pass(59 * day);
    const fault = s.b.azure.core.faults.plan({ operation, effect });
    void s.b.sweep('generate');
    while (fault.fired === 0) await new Promise(setImmediate);
    s.b.pass(5 * minute);
    await s.b.live(12 * hour);
    expect(fault.fired).toBe(1);
    expect(s.certificate.versions).toHaveLength(2);
    expect(s.value()).toBe(s.idOf(s.newest()));
    expect(s.b.tags()['RotationPhase']).toBe('idle');
  },
);
