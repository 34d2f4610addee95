import type { PoolBody } from '../../../../lib/pools/poolView.ts';
import { certificate, linuxObserving, linuxPool, windowsPool } from '../samplePools.ts';
import type { Fault } from './fault.ts';

export const extensionFaults: readonly Fault[] = [
  [
    'no extension observes it',
    'pool-extension-missing',
    linuxPool({ machine: { extensions: [] } }),
    { required: true },
  ],
  ['its publisher is not Microsoft’s', 'pool-extension-foreign', linuxPool({ extension: { publisher: 'Contoso' } })],
  [
    'it is the one for Windows on Linux',
    'pool-extension-foreign',
    linuxPool({ extension: { type: 'KeyVaultForWindows' } }),
  ],
  ['it has no version', 'pool-extension-version-unknown', linuxPool({ extension: { typeHandlerVersion: undefined } })],
  [
    'its version is of Windows only',
    'pool-extension-version-unknown',
    linuxPool({ extension: { typeHandlerVersion: '4.0' } }),
  ],
  [
    'its version is a word',
    'pool-extension-version-unknown',
    linuxPool({ extension: { typeHandlerVersion: 'newest' } }),
  ],
  [
    'it is version 2.2 for Linux',
    'pool-extension-outdated',
    linuxPool({ extension: { typeHandlerVersion: '2.2' }, managed: { observedCertificates: [certificate] } }),
  ],
  [
    'it is version 1.0 for Windows',
    'pool-extension-outdated',
    windowsPool({
      extension: { typeHandlerVersion: '1.0' },
      managed: { observedCertificates: [certificate], pollingIntervalInS: '3600', requireInitialSync: true },
    }),
  ],
  [
    'it stays on its minor version',
    'pool-auto-upgrade-off',
    linuxPool({ extension: { autoUpgradeMinorVersion: false } }),
  ],
  ['the URL names a version', 'pool-url-pinned', linuxObserving({ url: `${certificate}/8f5f3f491afd48cb` })],
  [
    'one of two URLs names a version',
    'pool-url-pinned',
    linuxObserving({ url: certificate }, { url: `${certificate}/8f5f3f491afd48cb/` }),
  ],
  [
    'the URL is under /certificates/',
    'pool-url-not-secret',
    linuxObserving({ url: 'https://kv.vault.azure.net/certificates/tls' }),
  ],
  ['the URL is under /keys/', 'pool-url-not-secret', linuxObserving({ url: 'https://kv.vault.azure.net/keys/tls' })],
  [
    'Windows gets a list of texts',
    'pool-observed-form',
    windowsPool({ managed: { observedCertificates: [certificate] } }),
  ],
  [
    'a URL stands where a list belongs',
    'pool-observed-form',
    linuxPool({ managed: { observedCertificates: certificate } }),
  ],
  ['no polling interval is said', 'pool-polling-missing', linuxPolling(undefined)],
  ['the polling interval is a word', 'pool-polling-not-a-number', linuxPolling('hourly')],
  ['the polling interval is a duration', 'pool-polling-not-a-number', linuxPolling('PT1H')],
  ['the polling interval is a number', 'pool-polling-not-text', linuxPolling(3600)],
  ['nodes look every two days', 'pool-polling-too-long', linuxPolling('172800')],
  ['nodes never look', 'pool-polling-too-short', linuxPolling('0')],
  [
    'Windows 4.0 looks every two hours',
    'pool-polling-too-long',
    windowsPool({ managed: { pollingIntervalInS: '7200' } }),
  ],
  ['Windows 4.0 looks every minute', 'pool-polling-too-short', windowsPool({ managed: { pollingIntervalInS: '60' } })],
  ['nodes do not wait for it', 'pool-initial-sync-off', linuxPool({ managed: { requireInitialSync: false } })],
  [
    'nothing says that nodes wait for it',
    'pool-initial-sync-off',
    linuxPool({ managed: { requireInitialSync: undefined } }),
  ],
];

function linuxPolling(pollingIntervalInS: unknown): PoolBody {
  return linuxPool({ managed: { pollingIntervalInS } });
}
