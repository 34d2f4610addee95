import { isIP } from 'node:net';
import { z } from 'zod';
import type { ResourceGraph, Row } from '../azure/resourceGraph.ts';
import { secretFromUrl, secretUrl } from '../model/target.ts';

/** An application that names by tag the secrets which it uses. */
export interface Consumer {
  /** ARM resource id. */
  readonly id: string;
  readonly kind: 'app' | 'container-app';
  /** Its App Service plan. The apps of a plan share machines, so they are refreshed one after the other. */
  readonly plan: string;
  /** As `secretUrl` writes them. */
  readonly secrets: readonly string[];
}

/**
 * Finds apps, their slots and Container Apps that the identity may read. A tag holds 256 characters, so there may be
 * two.
 */
const query = `Resources
| where type in~ ('microsoft.web/sites', 'microsoft.web/sites/slots', 'microsoft.app/containerapps')
| where tostring(tags) contains 'KeyturnSecrets'
| project id, type, tags, plan = tostring(properties.serverFarmId)
| order by id asc`;

const shape = z.object({
  id: z.string().startsWith('/subscriptions/'),
  type: z.string(),
  tags: z.record(z.string(), z.string()),
  plan: z.string().optional(),
});

export async function listConsumers(graph: ResourceGraph, vaultUrls: readonly string[]): Promise<readonly Consumer[]> {
  return (await graph(query)).flatMap((row) => consumerFrom(row, vaultUrls) ?? []);
}

function consumerFrom(row: Row, vaultUrls: readonly string[]): Consumer | undefined {
  const read = shape.safeParse(row);
  if (!read.success) return undefined;
  const { id, type, tags, plan } = read.data;
  const ours = Object.entries(tags).filter(([name]) => /^KeyturnSecrets\d*$/i.test(name));
  const words = ours.flatMap(([, value]) => value.split(/[\s,;]+/));
  const secrets = words.flatMap((word) => secretFrom(word, vaultUrls) ?? []);
  const kind = /containerapps$/i.test(type) ? 'container-app' : 'app';
  return { id, kind, plan: plan === undefined || plan === '' ? id : plan, secrets };
}

/** Reads `my-vault/my-secret`, or the URL of a secret. */
function secretFrom(word: string, vaultUrls: readonly string[]): string | undefined {
  const byUrl = secretFromUrl(word);
  if (byUrl) return secretUrl(byUrl);
  const [vault, name, ...more] = word.split('/');
  const vaultUrl = vaultUrls.find((url) => vault !== undefined && vaultName(url) === vault.toLowerCase());
  return vaultUrl && name && more.length === 0 ? secretUrl({ vaultUrl, name }) : undefined;
}

/** Returns the first label of a vault's host. A numeric address has none. */
export function vaultName(url: string): string | undefined {
  const { hostname } = new URL(url);
  return isIP(hostname) ? undefined : hostname.split('.')[0]?.toLowerCase();
}
