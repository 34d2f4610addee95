import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { Call } from '../journal.ts';

/** A write or an action on a resource, as an event tells it. */
export interface Action {
  readonly resourceId: string;
  /** `Microsoft.Batch/batchAccounts/listkeys/action` */
  readonly name: string;
  readonly kind: 'Action' | 'Write' | 'Delete';
  readonly isSuccess: boolean;
  readonly caller: { readonly clientId: string; readonly objectId: string };
  readonly correlationId: string;
  readonly http: { readonly method: string; readonly url: string; readonly clientRequestId: string };
}

const kinds: Readonly<Record<string, Action['kind']>> = {
  POST: 'Action',
  PUT: 'Write',
  PATCH: 'Write',
  DELETE: 'Delete',
};

/** What a finished call to Azure Resource Manager was, unless it is nothing to tell of. */
export function actionIn(call: Call): Action | undefined {
  const kind = kinds[call.method];
  const place = placeOf(call.path, kind === 'Action');
  const status = statusOf(call);
  if (!kind || !place || status === undefined) return undefined;
  const { headers } = call.request;
  return {
    ...place,
    kind,
    isSuccess: status < 400,
    caller: callerOf(headers['authorization'] ?? ''),
    correlationId: headers['x-ms-correlation-request-id'] ?? call.requestId,
    http: {
      method: call.method,
      url: `https://${call.authority}${call.path}${call.query}`,
      clientRequestId: headers['x-ms-client-request-id'] ?? randomUUID(),
    },
  };
}

/** Callers who were not let in, or too often, get into no activity log; nor does what a fault kept from happening. */
const untold: readonly (number | undefined)[] = [401, 429];

function statusOf({ service, operation, prevented, status }: Call): number | undefined {
  const isTold = service === 'arm' && operation !== 'unmatched' && !prevented && !untold.includes(status);
  return isTold ? status : undefined;
}

/** `/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}…[/{action}]` */
function placeOf(path: string, endsInAction: boolean): Pick<Action, 'resourceId' | 'name'> | undefined {
  const segments = path.split('/');
  if (segments[1]?.toLowerCase() !== 'subscriptions' || segments[5]?.toLowerCase() !== 'providers') return undefined;
  const action = endsInAction ? segments.pop() : undefined;
  const types = segments.slice(7).filter((_segment, index) => index % 2 === 0);
  const verb = action === undefined ? 'write' : `${action.toLowerCase()}/action`;
  return { resourceId: segments.join('/'), name: [segments[6], ...types, verb].join('/') };
}

function callerOf(authorization: string): Action['caller'] {
  const { appid, oid } = decodeJwt<{ appid?: string; oid?: string }>(authorization.split(' ')[1] ?? '');
  return { clientId: appid ?? '', objectId: oid ?? '' };
}
