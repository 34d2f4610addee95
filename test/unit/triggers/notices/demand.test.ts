import { demandOf, type Demand } from '../../../../lib/triggers/notices/demand.ts';

type Row = [title: string, text: string, type?: string];

function judged(title: string, text: string, type = 'HealthAdvisory'): Demand {
  return demandOf({ types: [type], title, text });
}

test.each<Row>([
  ['Security notification', 'We recommend that you regenerate both access keys.', 'SecurityAdvisory'],
  ['Action required', 'Keys that were not rotated since March must be regenerated.'],
  ['Action required', 'If you have not done so yet, regenerate the primary and secondary access keys.'],
  ['Action required', 'Your access keys must be regenerated if they are older than a year.'],
  ['Azure SignalR Service', 'The service will enforce a mandatory access key regeneration on 1 December.'],
  ['Azure SignalR Service', '<p>To avoid disruption, regenerate access keys.</p>'],
  ['Azure SignalR Service', 'Customers are <b>required</b> to roll their access keys.'],
  ['Azure SignalR Service', '<ol><li>Generate new access keys.</li><li>Update your apps.</li></ol>'],
  ['Azure SignalR Service', 'As a precaution, your connection strings should be replaced immediately.'],
  ['Action required: access key rotation', ''],
  ['Azure SignalR Service', 'Access keys may have been exposed and should be rotated.'],
  ['Azure SignalR Service', 'Regeneration of your access keys is required.'],
])('R39: %j, %j demands new keys', (...row) => {
  expect(judged(...row)).toBe('regenerate');
});

test.each<Row>([
  [
    'Update your SignalR client SDK',
    'Clients before 1.2 fail to reconnect when access keys are rotated. Update the package.',
  ],
  ['Client library: a fault when reconnecting', 'Upgrade to 1.21 before you rotate access keys.'],
  [
    'Update Microsoft.Azure.SignalR, a library',
    'The library keeps keys. You need 1.27, which reads keys after a rotation.',
  ],
  ['Known issue in the SDK', 'If you rotate access keys, apps that use SDK 1.1 must be restarted.'],
  ['Known issue in the SDK', 'SDKs that keep access keys should be replaced.'],
  ['New portal page', 'You can regenerate keys by using the portal.'],
  ['New portal page', 'You can now see metrics and regenerate keys.'],
  ['New diagnostic logs', 'From June, diagnostic logs will record when access keys are regenerated.'],
  ['New feature: rotate access keys automatically', ''],
  ['New feature for keys', 'You will be able to rotate access keys automatically.'],
  ['API version 2026-01-01', 'It will return whether keys need rotation.'],
  ['TLS certificates change', 'The certificate and its keys will be rotated by the authority.'],
  ['TLS certificates change', 'Signing keys will be replaced in May. Update what you pinned.'],
  ['TLS 1.0 ends', 'Do I need to regenerate keys? This is not the case.'],
  ['TLS 1.0 ends', 'You do not have to regenerate access keys.'],
  ['TLS 1.0 ends', 'You don&#39;t need to rotate your keys.'],
  ['TLS 1.0 ends', 'No access keys need to be rotated.'],
  ['TLS 1.0 ends', 'Access keys do not need to be rotated.'],
  ['SDK upgrade', 'It can be done without having to regenerate keys.'],
  ['Authentication of API version 1', 'Move off access keys by June and replace them by Entra ID.'],
  ['Network change', 'Please rotate access keys.', 'Incident'],
  ['Network change', 'Please rotate access keys.', 'ServiceIssue'],
  ['Network change', 'Please rotate access keys.', 'PlannedMaintenance'],
  ['Network change', 'Please rotate access keys.', 'Informational'],
])('R39: %j, %j demands none', (...row) => {
  expect(judged(...row)).not.toBe('regenerate');
});

test.each<Row>([
  ['Upgrade the client library', 'It keeps access keys in memory.'],
  ['TLS 1.0 ends', 'Clients that sign in with a connection string are affected too.'],
])('R39: %j, %j is about another matter, though it speaks of keys', (...row) => {
  expect(judged(...row)).toBe('other');
});

test.each<Row>([
  ['A fault of the SDK', 'Access keys may have been exposed in logs.', 'SecurityAdvisory'],
  ['Regenerate your access keys before the old ones are retired', ''],
  ['Please read', 'We have regenerated access keys of your service.'],
])('R39: %j, %j is for a person to read', (...row) => {
  expect(judged(...row)).toBe('unclear');
});

test.each([
  ['words', `${'the access '.repeat(10_000)} keys ${'must be '.repeat(10_000)}`],
  ['keys', 'access keys, '.repeat(15_000)],
  ['verbs', 'please regenerate the '.repeat(10_000)],
  ['open tags', '<p '.repeat(60_000)],
  ['one word', 'n'.repeat(200_000)],
  ['spaces', `regenerate${' '.repeat(200_000)}x`],
  ['lines', '\n'.repeat(200_000)],
  ['commas', ','.repeat(200_000)],
])('R39: a long text of %s is judged within a second', (_sentence, text) => {
  const began = performance.now();
  judged('Azure SignalR Service', text);
  judged(text, '');
  expect(performance.now() - began).toBeLessThan(1_000);
});
