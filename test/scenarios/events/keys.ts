import type { Resource } from '../../../infra/azure-emulator/src/index.ts';
import { adopted, wired, type Wired } from '../../support/wired.ts';

/** All that is told of a target whose live key was replaced behind its back at rest. */
export const repaired = [
  'Target.Adopted adopted',
  'Rotation.Started begun',
  'Rotation.CredentialPublished published',
  'Rotation.Completed completed',
];
export const kinds = ['newBatch', 'newSignalR'] as const;

export async function atRest(kind: (typeof kinds)[number]) {
  const b = await wired();
  const resource = await b[kind]();
  await adopted(b, resource);
  return { b, resource };
}

/** Does the secret hold a key that the resource has? */
export function isAlive(b: Wired, resource: Resource, name = 'secret'): boolean {
  const text = b.vault.current(name)?.value ?? '';
  return Object.values(b.keys(resource)).some((key) => text.includes(key));
}
