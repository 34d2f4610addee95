import type { ContainerApp } from './state.ts';

/** Secrets are shown without their values, and nothing says which version the app runs with. */
export function containerAppBody({ id, name, location, tags, secrets, down }: ContainerApp) {
  const revision = `${name}--0000001`;
  return {
    id,
    name,
    type: 'Microsoft.App/containerApps',
    location,
    tags,
    identity: { type: 'SystemAssigned' },
    properties: {
      provisioningState: 'Succeeded',
      runningStatus: down ? 'Stopped' : 'Running',
      latestRevisionName: revision,
      latestReadyRevisionName: revision,
      configuration: {
        activeRevisionsMode: 'Single',
        secrets: Object.entries(secrets).map(([secret, keyVaultUrl]) => ({
          name: secret,
          keyVaultUrl,
          identity: 'system',
        })),
      },
    },
  };
}
