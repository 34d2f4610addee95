import type { Core } from '../../core.ts';
import type { KeyVault } from '../../keyvault/vault.ts';
import { addConsumer } from '../create.ts';
import type { Place } from '../create.ts';
import { createHolder } from '../keyVaultReferences/holder.ts';
import { pointerTo } from '../keyVaultReferences/pointer.ts';
import type { ArmState, Located } from '../state.ts';

export interface NewContainerApp extends Place {
  tags?: Record<string, string>;
  /** Addresses of Key Vault secrets, by the names the app gives them. */
  secrets: Readonly<Record<string, string>>;
}

export interface ContainerApp extends Located {
  readonly kind: 'containerApp';
  readonly secrets: Readonly<Record<string, string>>;
  down: boolean;
  readonly restarts: readonly Date[];
  /** The value of a secret as the running app has it. */
  value(secret: string): string | undefined;
}

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
  const holder = createHolder({ clock: core.clock, keyVault, pointers, periodMs });
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
