import type { ResolvedReference } from '../keyVaultReferences.ts';
import type { ReferenceList, Site } from './state.ts';

export function siteBody({ id, name, type, location, tags, plan, down }: Site) {
  const host = `${name.replace('/', '-')}.azurewebsites.net`;
  return {
    id,
    name,
    type,
    kind: 'app',
    location,
    tags,
    identity: { type: 'SystemAssigned' },
    properties: {
      state: down ? 'Stopped' : 'Running',
      enabled: true,
      hostNames: [host],
      defaultHostName: host,
      serverFarmId: plan,
      keyVaultReferenceIdentity: 'SystemAssigned',
    },
  };
}

/** `secretVersion` is what the reference asks for, `activeVersion` what the running app has. */
export function referenceBody({ id, location }: Site, list: ReferenceList, name: string, held: ResolvedReference) {
  const { pointer, status, activeVersion } = held;
  const resolved = status === 'Resolved';
  return {
    id: `${id}/config/configreferences/${list}/${name}`,
    name,
    type: 'Microsoft.Web/sites/config/configreferences',
    location,
    properties: {
      reference: pointer.reference,
      status,
      vaultName: pointer.vault.split('.')[0],
      secretName: pointer.secretName,
      secretVersion: pointer.secretVersion,
      identityType: { type: 'SystemAssigned' },
      details: resolved ? 'The reference is resolved.' : `The reference could not be resolved: ${status}.`,
      source: 'KeyVault',
      activeVersion,
    },
  };
}
