import type { Core } from '../../shared/platform.ts';
import { newResource, noDelay } from '../resource.ts';
import { addResource } from '../state.ts';
import type { ArmState } from '../state.ts';
import type { NewSignalR, SignalRService } from './state.ts';

export async function createSignalR(core: Core, state: ArmState, wanted: NewSignalR): Promise<SignalRService> {
  const service: SignalRService = {
    kind: 'signalr',
    disableLocalAuth: false,
    regenerateMs: 2_000,
    retryAfterSeconds: 1,
    overlapDropsFirst: false,
    saltRegenerations: 0,
    users: new Set(),
    ...(await newResource(core, 'Microsoft.SignalRService/SignalR', `${wanted.name}.service.signalr.net`, 32, wanted)),
    ...wanted,
    timing: { ...noDelay, ...wanted.timing },
  };
  return addResource(state, service);
}
