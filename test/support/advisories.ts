import type { HealthEvent } from '../../infra/azure-emulator/src/index.ts';
import type { Demand } from '../../lib/triggers/notices/demand.ts';

type Words = Pick<HealthEvent, 'title' | 'summary'> &
  Partial<Pick<HealthEvent, 'eventType' | 'eventSubType' | 'eventLevel'>>;

/** Advisories in the shapes of Service Health, with words made up; and what each demands (R39, what a notice demands). */
export const advisories: readonly (readonly [demand: Demand, words: Words])[] = [
  // New keys, as the service says it.
  ['regenerate', { title: 'Action required: regenerate the access keys of your SignalR services', summary: '' }],
  [
    'regenerate',
    {
      title: 'Mandatory access key regeneration for Azure SignalR Service',
      summary: '<p>You must regenerate your access keys before 1 December.</p>',
    },
  ],
  [
    'regenerate',
    {
      title: 'Security notification',
      summary: 'Please rotate both access keys of the listed resources.',
      eventType: 'SecurityAdvisory',
    },
  ],
  [
    'regenerate',
    {
      title: 'Your SignalR access keys will be regenerated',
      summary: '<p>The service will regenerate the primary key on the date above.</p>',
    },
  ],
  [
    'regenerate',
    {
      title: 'Action required for Azure SignalR Service',
      summary:
        '<ul><li>Renew the connection strings of your service by 30 November.</li><li>Restart your apps.</li></ul>',
    },
  ],
  ['regenerate', { title: 'Action required: rotate keys', summary: 'See the portal.' }],
  [
    'regenerate',
    {
      title: 'Azure SignalR Service: key exposure',
      summary:
        'An access key may have been exposed. You should regenerate it; regenerate the access key in the portal.',
      eventType: 'SecurityAdvisory',
      eventLevel: 'Critical',
    },
  ],
  [
    'regenerate',
    {
      title: 'Update the SDK and regenerate keys',
      summary: 'Update to version 1.29. Then regenerate the access keys, as they may have been logged.',
      eventType: 'SecurityAdvisory',
    },
  ],
  ['regenerate', { title: 'Important notice', summary: 'All access&nbsp;keys made before March need to be reissued.' }],
  [
    'regenerate',
    {
      title: 'Action required: key regeneration is required by 12/01',
      summary: 'Impact: clients with old keys are disconnected.',
    },
  ],
  [
    'regenerate',
    {
      title: 'Reminder: replace your access keys',
      summary: 'Replace the primary and secondary access keys immediately.',
    },
  ],
  ['regenerate', { title: 'Access keys', summary: 'You have to reset the secondary key, and then the primary key.' }],
  // Retirements, whatever they say of keys.
  [
    'other',
    {
      title: 'Azure SignalR Service ends support for TLS 1.0 and 1.1',
      summary: 'Clients must use TLS 1.2.',
      eventSubType: 'Retirement',
    },
  ],
  [
    'other',
    {
      title: 'Retirement notice: Azure SignalR Service REST API 2018-10-01',
      summary: 'Please move to a newer version.',
    },
  ],
  [
    'other',
    {
      title: 'Access key authentication will be retired',
      summary: 'Rotate to Microsoft Entra ID before then. You should regenerate access keys until then.',
      eventSubType: 'Retirement',
    },
  ],
  ['other', { title: 'Free tier of SignalR in this region is being deprecated', summary: 'Move your resources.' }],
  ['other', { title: 'End of life of the Java SDK', summary: 'Please upgrade.' }],
  ['other', { title: 'Upstream settings of the classic mode are discontinued', summary: '' }],
  // Client libraries.
  [
    'other',
    {
      title: 'Upgrade Microsoft.Azure.SignalR to version 1.25 or later',
      summary: 'A fault in the client library loses messages.',
    },
  ],
  [
    'other',
    {
      title: 'Vulnerability in a client library',
      summary: 'Update the NuGet package. No keys need to be rotated.',
      eventType: 'SecurityAdvisory',
    },
  ],
  ['other', { title: 'Action required: update the SignalR SDK', summary: 'Versions before 1.21 may not reconnect.' }],
  // Other matters.
  [
    'other',
    {
      title: 'Changes to TLS certificates of Azure SignalR Service',
      summary: 'Add the new certificate authority to your trust store. Access keys are not affected.',
    },
  ],
  ['other', { title: 'Action required: certificate rotation', summary: 'Our certificates will be rotated in May.' }],
  ['other', { title: 'New IP addresses in West Europe', summary: 'Update your firewall before 1 June.' }],
  ['other', { title: 'Change of pricing of the Premium tier', summary: 'See your bill.' }],
  ['other', { title: 'Diagnostic logs move to another table', summary: 'Update your queries.' }],
  ['other', { title: 'Planned change of a region', summary: 'Availability zones will be added.' }],
  ['other', { title: 'Degraded latency of the portal', summary: 'We are looking into it.' }],
  ['other', { title: 'Private endpoints: change of DNS records', summary: 'Please check your zones.' }],
  ['other', { title: 'API version 2018-03-01-preview will be removed', summary: 'Use a stable version.' }],
  ['other', { title: 'Message limits change', summary: 'A message may have a megabyte.' }],
  ['other', { title: 'CLI extension updated', summary: 'You do not have to regenerate your keys.' }],
  // Not understood: a person reads them.
  ['unclear', { title: 'Action required for Azure SignalR Service', summary: '' }],
  ['unclear', { title: 'Security advisory', summary: '', eventType: 'SecurityAdvisory', eventLevel: 'Critical' }],
  [
    'unclear',
    {
      title: 'Access keys of your service were found in a public repository',
      summary: 'Contact support.',
      eventType: 'SecurityAdvisory',
    },
  ],
  [
    'unclear',
    {
      title: 'Credentials may be compromised',
      summary: '<p>Follow the guidance in the portal.</p>',
      eventType: 'SecurityAdvisory',
    },
  ],
  ['unclear', { title: 'Check how your apps use connection strings', summary: 'Some contain secrets of old.' }],
  ['unclear', { title: 'Important information about your SignalR resources', summary: 'Read this with care.' }],
  [
    'unclear',
    {
      title: 'Leaked secrets of a partner',
      summary: 'Your resources are listed below.',
      eventType: 'SecurityAdvisory',
    },
  ],
  ['unclear', { title: 'Your action is needed', summary: 'Keys of your service have not been rotated for a year.' }],
];
