import type { FaultSpec } from '../azure/faults.ts';

type Step = Pick<FaultSpec, 'operation' | 'path' | 'nth'> & Required<Pick<FaultSpec, 'service' | 'operation'>>;

const moments = {
  before: { kind: 'stop', when: 'before' },
  after: { kind: 'stop', when: 'after' },
  lost: { kind: 'lost-response' },
} as const satisfies Record<string, FaultSpec['effect']>;

/** The requests of one rotation, the first one's adoption among them, by the names the journal gives them. */
const steps: Record<string, Step> = {
  'batch-read': readOf('batch-key'),
  'batch-list-keys': { service: 'arm', operation: 'batch.listKeys' },
  'batch-adopt': patchOf('batch-key', 1),
  'batch-intent': patchOf('batch-key', 2),
  'batch-regenerate-standby': { service: 'arm', operation: 'batch.regenerateKeys' },
  'batch-prove': { service: 'batch', operation: 'batchData.applications' },
  'batch-publish': { service: 'key-vault', operation: 'setSecret', path: /batch-key/ },
  'batch-verify': patchOf('batch-key', 3),
  'batch-revoke': { service: 'arm', operation: 'batch.regenerateKeys', nth: 2 },
  'batch-disable-old-version': patchOf('batch-key', 4),
  'batch-rest': patchOf('batch-key', 5),
  'signalr-read': readOf('signalr-connection'),
  'signalr-get': { service: 'arm', operation: 'signalr.get' },
  'signalr-list-keys': { service: 'arm', operation: 'signalr.listKeys' },
  'signalr-adopt': patchOf('signalr-connection', 1),
  'signalr-intent': patchOf('signalr-connection', 2),
  'signalr-regenerate-standby': { service: 'arm', operation: 'signalr.regenerateKey' },
  'signalr-prove': { service: 'signalr', operation: 'signalrData.userExists' },
  'signalr-publish': { service: 'key-vault', operation: 'setSecret', path: /signalr-connection/ },
  'signalr-verify': patchOf('signalr-connection', 3),
  'signalr-revoke': { service: 'arm', operation: 'signalr.regenerateKey', nth: 2 },
  'signalr-disable-old-version': patchOf('signalr-connection', 4),
  'signalr-rest': patchOf('signalr-connection', 5),
};

/** Consumers ask without the slash at the end. */
function readOf(secret: string): Step {
  return { service: 'key-vault', operation: 'getSecret', path: new RegExp(`/${secret}/$`) };
}

function patchOf(secret: string, nth: number): Step {
  return { service: 'key-vault', operation: 'updateSecret', path: new RegExp(secret), nth };
}

/** Every point at which the app can be struck: stopped before or after the effect of a request, or its answer lost. */
export const pointNames: readonly string[] = Object.keys(steps).flatMap((step) =>
  Object.keys(moments).map((moment) => `${step}:${moment}`),
);

export function faultAt(point: string): FaultSpec | undefined {
  const [stepName = '', momentName = ''] = point.split(':');
  const step = Object.entries(steps).find(([name]) => name === stepName)?.[1];
  const effect = Object.entries(moments).find(([name]) => name === momentName)?.[1];
  return step && effect && { ...step, effect };
}
