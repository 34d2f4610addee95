import { z } from 'zod';
import type { Arm } from '../azure/arm.ts';
import { OperationError } from '../model/operationError.ts';
import type { Consumer } from './consumer.ts';
import { evidenceIn, evidenceOf, type Evidence, type Published, type Reference } from './evidence.ts';

const webVersion = '2022-03-01';
const appsVersion = '2024-03-01';

const version = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);
const reference = z.object({
  properties: z.object({
    reference: z.string().default(''),
    status: z.string().default(''),
    vaultName: z.string().default(''),
    secretName: z.string().default(''),
    secretVersion: version,
    activeVersion: version,
  }),
});

const containerApp = z.object({
  properties: z.object({
    configuration: z.object({ secrets: z.array(z.object({ keyVaultUrl: z.string().optional() })).nullish() }).nullish(),
  }),
});

/** Finds out whether a consumer uses each of the versions. */
export async function inspectConsumer(
  arm: Arm,
  consumer: Consumer,
  published: readonly Published[],
  now: Date,
): Promise<readonly Evidence[]> {
  if (consumer.kind === 'container-app') {
    const urls = await vaultUrlsIn(arm, consumer);
    return published.map((one) => evidenceOf(urls, one, now));
  }
  const found = [
    ...(await referencesIn(arm, consumer, 'appsettings')),
    ...(await referencesIn(arm, consumer, 'connectionstrings')),
  ];
  return published.map((one) => evidenceIn(found, one));
}

async function referencesIn(arm: Arm, { id }: Consumer, of: string): Promise<readonly Reference[]> {
  const items = await arm.list(`${id}/config/configreferences/${of}`, webVersion);
  return items.map((item) => {
    const read = reference.safeParse(item);
    if (!read.success) throw new OperationError('outage', { code: 'ReferencesAnswer' });
    return read.data.properties;
  });
}

async function vaultUrlsIn(arm: Arm, { id }: Consumer): Promise<readonly string[]> {
  const read = containerApp.safeParse(await arm.get(id, appsVersion));
  if (!read.success) throw new OperationError('outage', { code: 'ContainerAppAnswer' });
  return (read.data.properties.configuration?.secrets ?? []).flatMap(({ keyVaultUrl }) => keyVaultUrl ?? []);
}

/**
 * Fetches every reference of the app anew and restarts it; a restart of ours would not fetch (azure-facts: App Service
 * references).
 */
export async function refresh(arm: Arm, { id }: Consumer): Promise<void> {
  await arm.post(`${id}/config/configreferences/appsettings/refresh`, webVersion);
}
