import type { KeyVault } from '../../key-vault/state.ts';
import type { Core } from '../../shared/platform.ts';
import { createReferenceHolder, pointerTo } from '../keyVaultReferences.ts';
import { addConsumer } from '../state.ts';
import type { ArmState } from '../state.ts';
import type { ContainerApp, NewContainerApp } from './state.ts';

/**
 * A new version of a secret without one in its address is fetched within half an hour, and the app restarts by itself
 * (https://learn.microsoft.com/azure/container-apps/manage-secrets).
 */
const periodMs = 1_800_000;

export function createContainerApp(
  core: Core,
  state: ArmState,
  keyVault: KeyVault,
  { secrets, tags = {}, ...place }: NewContainerApp,
): ContainerApp {
  const pointers = new Map(Object.entries(secrets).map(([name, url]) => [name, pointerTo(url)]));
  const holder = createReferenceHolder({ clock: core.clock, keyVault, pointers, periodMs });
  const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
  const app: ContainerApp = {
    kind: 'containerApp',
    id: `${group}/providers/Microsoft.App/containerApps/${place.name}`,
    ...place,
    tags,
    secrets,
    get down() {
      return holder.isDown();
    },
    set down(down) {
      holder.setDown(down);
    },
    get restarts() {
      return holder.restarts();
    },
    value: (secret) => holder.held().get(secret)?.value,
  };
  return addConsumer(state, app);
}
