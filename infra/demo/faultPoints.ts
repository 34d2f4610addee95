import type { FaultSpec } from '../azure-emulator/src/index.ts';

type Step = Pick<FaultSpec, 'operation' | 'path' | 'nth'> & Required<Pick<FaultSpec, 'service' | 'operation'>>;

const moments = {
  before: { kind: 'stop', when: 'before' },
  after: { kind: 'stop', when: 'after' },
  lost: { kind: 'lost-response' },
} as const satisfies Record<string, FaultSpec['effect']>;

/** Every request from the adoption of a target to the end of its first rotation. A write changes tags only. */
const steps: Record<string, Step> = {
  'batch-read': on('batch-key', 'getSecret'),
  'batch-list-keys': { service: 'arm', operation: 'batch.listKeys' },
  'batch-write-1': on('batch-key', 'updateSecret', 1),
  'batch-write-2': on('batch-key', 'updateSecret', 2),
  'batch-write-3': on('batch-key', 'updateSecret', 3),
  'batch-regenerate-standby': { service: 'arm', operation: 'batch.regenerateKey' },
  'batch-prove': { service: 'batch', operation: 'batchData.applications' },
  'batch-publish': on('batch-key', 'setSecret'),
  'batch-verify': { service: 'arm', operation: 'batch.listKeys', nth: 3 },
  'batch-write-4': on('batch-key', 'updateSecret', 4),
  'batch-revoke': { service: 'arm', operation: 'batch.regenerateKey', nth: 2 },
  'batch-write-5': on('batch-key', 'updateSecret', 5),
  'signalr-read': on('signalr-connection', 'getSecret'),
  'signalr-get': { service: 'arm', operation: 'signalr.get' },
  'signalr-list-keys': { service: 'arm', operation: 'signalr.listKeys' },
  'signalr-write-1': on('signalr-connection', 'updateSecret', 1),
  'signalr-write-2': on('signalr-connection', 'updateSecret', 2),
  'signalr-write-3': on('signalr-connection', 'updateSecret', 3),
  'signalr-regenerate-standby': { service: 'arm', operation: 'signalr.regenerateKey' },
  'signalr-prove': { service: 'signalr', operation: 'signalrData.userExists' },
  'signalr-publish': on('signalr-connection', 'setSecret'),
  'signalr-verify': { service: 'arm', operation: 'signalr.listKeys', nth: 4 },
  'signalr-write-4': on('signalr-connection', 'updateSecret', 4),
  'signalr-revoke': { service: 'arm', operation: 'signalr.regenerateKey', nth: 2 },
  'signalr-write-5': on('signalr-connection', 'updateSecret', 5),
};

/** The app's requests have a slash after the name; those of the consumers have none. */
function on(secret: string, operation: string, nth = 1): Step {
  const path = operation === 'setSecret' ? `/${secret}$` : `/${secret}/`;
  return { service: 'key-vault', operation, path: new RegExp(path), nth };
}

/** Every point of failure: the app is stopped before or after the effect of a request, or the answer is lost. */
export const pointNames: readonly string[] = Object.keys(steps).flatMap((step) =>
  Object.keys(moments).map((moment) => `${step}:${moment}`),
);

export function faultAt(point: string): FaultSpec | undefined {
  const [stepName = '', momentName = ''] = point.split(':');
  const step = Object.entries(steps).find(([name]) => name === stepName)?.[1];
  const effect = Object.entries(moments).find(([name]) => name === momentName)?.[1];
  return step && effect && { ...step, effect };
}
