import { hour, later, minute } from '../../../../lib/model/clock.ts';
import type { Wait } from '../../../../lib/model/state.ts';
import {
  certificateId,
  certificateIdentifier,
  withVersion,
} from '../../../../lib/providers/certificates/certificateIdentifier.ts';
import { isMerged, withAutoRenew, renews } from '../../../../lib/providers/certificates/certificatePolicy.ts';
import { isNearExpiry } from '../../../../lib/providers/certificates/certificateVersions.ts';
import { issuanceCheck } from '../../../../lib/providers/certificates/issuance.ts';
import {
  evidenceIn,
  combine,
  type NodeEvidence,
  type NodeStatus,
  type PoolStatus,
} from '../../../../lib/providers/certificates/nodeEvidence.ts';

const since = new Date('2026-03-01T00:00:00Z');
const before = later(since, -hour);
const after = later(since, minute);
const soon = later(since, hour);
const late = later(since, 3 * hour);

function node(more: Partial<NodeStatus> = {}): NodeStatus {
  return { id: 'n', state: 'idle', startedAt: before, extension: { failed: false, at: before }, ...more };
}

const synced = { initialSync: true };
const rows: [string, Partial<PoolStatus>, Date, NodeEvidence['is']][] = [
  ['none', { nodes: [] }, soon, 'seen-on-nodes'],
  [
    'one that started since, in a pool with requireInitialSync',
    { ...synced, nodes: [node({ startedAt: after })] },
    soon,
    'seen-on-nodes',
  ],
  ['one that started since, in a pool without', { nodes: [node({ startedAt: after })] }, soon, 'nodes-polling'],
  [
    'one whose extension reported since',
    { nodes: [node({ extension: { failed: false, at: after } })] },
    soon,
    'seen-on-nodes',
  ],
  ['one that says nothing, before two polls are over', { nodes: [node()] }, soon, 'nodes-polling'],
  ['one that says nothing, after them', { nodes: [node()] }, late, 'assumed-by-time'],
  ['one whose extension fails', { nodes: [node({ extension: { failed: true } })] }, late, 'nodes-behind'],
  ['one that cannot be used', { nodes: [node({ state: 'unusable' })] }, late, 'nodes-behind'],
  [
    'one that reboots, failing',
    { nodes: [node({ state: 'rebooting', extension: { failed: true } })] },
    soon,
    'seen-on-nodes',
  ],
  ['one that leaves', { nodes: [node({ state: 'leavingpool' })] }, soon, 'seen-on-nodes'],
  ['one that is offline and polls on', { nodes: [node({ state: 'offline' })] }, soon, 'nodes-polling'],
  ['some that cannot be read, before two polls are over', {}, soon, 'nodes-polling'],
  ['some that cannot be read, after them', {}, late, 'assumed-by-time'],
];

test.each(rows)('nodes: %s', (_sentence, pool, now, is) => {
  expect(evidenceIn({ name: 'p', pollMs: hour, initialSync: false, ...pool }, since, now).is).toBe(is);
});

test('nodes that lag are listed, with their pool', () => {
  const nodes = [node({ id: 'a' }), node({ id: 'b', extension: { failed: true } })];
  expect(evidenceIn({ name: 'p', pollMs: hour, initialSync: false, nodes }, since, late)).toEqual({
    is: 'nodes-behind',
    pool: 'p',
    nodes: ['b'],
  });
});

const seen = { is: 'seen-on-nodes' } as const;
const assumed = { is: 'assumed-by-time' } as const;
const polling = { is: 'nodes-polling', until: soon } as const;
const behind = { is: 'nodes-behind', pool: 'p', nodes: ['n'] } as const;

test.each<[string, NodeEvidence[], NodeEvidence]>([
  ['all seen', [seen, seen], seen],
  ['one only assumed', [seen, assumed], assumed],
  ['two polling: the later one counts', [{ ...polling, until: late }, polling], { ...polling, until: late }],
  ['one behind: that comes first', [polling, behind], behind],
])('pools: %s', (_sentence, all, evidence) => {
  expect(combine(all)).toEqual(evidence);
});

test.each([
  ['https://kv.vault.azure.net/certificates/TLS/ABC', 'https://kv.vault.azure.net/certificates/tls/abc'],
  ['https://KV.vault.azure.net/secrets/tls/', 'https://kv.vault.azure.net/certificates/tls'],
  [' https://kv.vault.azure.net/certificates/tls ', 'https://kv.vault.azure.net/certificates/tls'],
  ['https://kv.vault.azure.net/keys/tls', undefined],
  ['http://kv.vault.azure.net/certificates/tls', undefined],
  ['https://kv.vault.azure.net/certificates/tls/abc/more', undefined],
  ['tls', undefined],
])('the identifier %j is %s', (text, id) => {
  const found = certificateIdentifier(text);
  expect(found && certificateId(found)).toBe(id);
});

test.each([
  ['https://kv/certificates/tls/old', 'https://kv/certificates/tls/new'],
  ['https://kv/secrets/TLS/old/', 'https://kv/secrets/TLS/new'],
  ['https://kv/certificates/tls', 'https://kv/certificates/tls'],
])('%s with the new version is %s', (text, rendered) => {
  expect(withVersion(text, 'new')).toBe(rendered);
});

const emails = {
  subject: 'CN=a',
  issuerName: 'Self',
  lifetimeActions: [{ action: 'EmailContacts', daysBeforeExpiry: 20 }],
} as const;

test.each([
  [
    'takes the place of a reminder, at its time',
    emails.lifetimeActions,
    [{ action: 'AutoRenew', daysBeforeExpiry: 20 }],
  ],
  ['comes at 80 percent where nothing was said', undefined, [{ action: 'AutoRenew', lifetimePercentage: 80 }]],
])('AutoRenew %s', (_sentence, lifetimeActions, expected) => {
  const policy = { ...emails, lifetimeActions: lifetimeActions?.map((each) => ({ ...each })) ?? [] };
  const made = withAutoRenew(policy);
  expect(made).toEqual({ ...policy, lifetimeActions: expected });
  expect([renews(policy), renews(made)]).toEqual([false, true]);
});

test('an issuer that Key Vault does not know renews nothing', () => {
  const policy = { ...emails, issuerName: 'Unknown', lifetimeActions: [] };
  expect(isMerged(policy)).toBe(true);
  expect(withAutoRenew(policy)).toBe(policy);
});

test.each([
  ['a year, 31 days before its end', 365, 31, false],
  ['a year, 29 days before its end', 365, 29, true],
  ['a month, at birth', 30, 30, false],
  ['a month, 10 days before its end', 30, 10, true],
])('a certificate for %s', (_sentence, lifeDays, leftDays, isNear) => {
  const expiresOn = later(since, leftDays * 24 * hour);
  const properties = { notBefore: later(expiresOn, -lifeDays * 24 * hour), expiresOn };
  expect(isNearExpiry(properties, since)).toBe(isNear);
});

const waited: Wait = { reason: 'service-working', since: before, until: since };
const announced: Wait = { reason: 'certificate-not-issued', since: before, until: since };
const going = { status: 'inProgress', isMerged: false };
const refused = { status: 'failed', isMerged: false, code: 'Rejected' };

test.each([
  ['none', undefined, undefined, { is: 'valid' }],
  ['one that is completed', { ...going, status: 'completed' }, undefined, { is: 'valid' }],
  ['one on its way', going, undefined, { is: 'pending', until: later(since, 10_000) }],
  ['one on its way for an hour: looked at later', going, waited, { is: 'pending', until: later(since, 15 * minute) }],
  [
    'one that a person has to have signed',
    { ...going, isMerged: true },
    undefined,
    { reason: 'certificate-awaits-merge', code: 'tls' },
  ],
  ['one refused before we asked', refused, undefined, { is: 'valid' }],
  ['one refused that we waited for', refused, waited, { reason: 'certificate-not-issued', code: 'Rejected' }],
  ['one refused that was announced', refused, announced, { reason: 'certificate-not-issued' }],
  [
    'one refused that was announced a day ago',
    refused,
    { ...announced, since: later(since, -25 * hour) },
    { is: 'valid' },
  ],
  [
    'one cancelled that we waited for',
    { ...refused, status: 'cancelled' },
    waited,
    { reason: 'certificate-not-issued' },
  ],
])('the last request: %s', (_sentence, issuance, wait, check) => {
  const state = { refusals: 0, ...(wait && { wait }) };
  expect(issuanceCheck({ state, now: since }, issuance, 'tls')).toMatchObject(check);
});
