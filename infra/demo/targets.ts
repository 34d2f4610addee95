import { SignJWT } from 'jose';
import { createHmac } from 'node:crypto';
import { keysAt } from '../azure-emulator/src/index.ts';
import type { BatchAccount, Resource, SignalRService, Vault } from '../azure-emulator/src/index.ts';

/** A secret to be rotated, as its owner and its consumers know it. */
export interface DemoTarget {
  readonly secret: string;
  readonly resource: BatchAccount | SignalRService;
  /** The owner's tags about the credential. */
  readonly tags: Readonly<Record<string, string>>;
  /** The name of the key or certificate that the value identifies. */
  readonly sourceObject?: string;
  readonly firstValue: string;
  /** Both access keys before the rotation; none for other kinds. */
  readonly oldKeys: readonly string[];
  /** Returns the key in a value of the secret. */
  readonly keyIn: (value: string) => string;
  /** Calls the data plane with a key. */
  readonly call: (key: string) => Promise<Response>;
}

export interface SecretProperties {
  readonly overlapMs: number;
  readonly createdOn: Date;
  readonly expiresOn: Date;
  /** Tags that have nothing to do with rotation. */
  readonly tags?: Readonly<Record<string, string>>;
}

export const place = {
  subscriptionId: '00000000-0000-4000-8000-000000000000',
  resourceGroup: 'demo',
  location: 'westeurope',
};
export const resourceGroupId = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
export const dayMs = 86_400_000;

export function batchTarget(secret: string, account: BatchAccount): DemoTarget {
  const keys = keysAt(account, Date.now());
  return {
    secret,
    resource: account,
    tags: { CredentialId: 'Primary' },
    firstValue: keys.Primary,
    oldKeys: Object.values(keys),
    keyIn: (value) => value,
    call: (key) => callBatch(account, key),
  };
}

export function signalRTarget(secret: string, service: SignalRService): DemoTarget {
  const keys = keysAt(service, Date.now());
  const parts = [`Endpoint=https://${service.authority}`, `AccessKey=${keys.Primary}`, 'Version=1.0'];
  return {
    secret,
    resource: service,
    tags: { CredentialId: 'Primary' },
    firstValue: `${parts.join(';')};ClientEndpoint=https://chat.example.com;`,
    oldKeys: Object.values(keys),
    keyIn: (value) => /;AccessKey=([^;]+)/i.exec(value)?.[1] ?? '',
    call: (key) => callSignalR(service, key),
  };
}

/** A secret whose value identifies a version of a key or certificate. Consumers call the account with a shared key. */
export function versionTarget(secret: string, account: BatchAccount, kind: string, identifier: string): DemoTarget {
  const { Primary } = keysAt(account, Date.now());
  return {
    secret,
    resource: account,
    tags: { RotationKind: kind },
    sourceObject: new URL(identifier).pathname.split('/')[2] ?? '',
    firstValue: identifier,
    oldKeys: [],
    keyIn: (value) => value,
    call: () => callBatch(account, Primary),
  };
}

/** Puts the secret into the vault with the tags that ask for its rotation, as its owner does. */
export function putSecret(vault: Vault, target: DemoTarget, properties: SecretProperties): void {
  const { overlapMs, createdOn, expiresOn, tags: own = {} } = properties;
  const { secret, resource, firstValue } = target;
  const rotation = { ProviderAddress: resource.id, ...target.tags, ValidityPeriodDays: '90' };
  const tags = { ...own, ...rotation, RotationOverlap: `PT${overlapMs / 1000}S` };
  vault.setSecret(secret, firstValue, { tags, createdOn, expiresOn });
  if (target.sourceObject !== undefined) nameTarget(vault, { secret, resource, identifier: firstValue });
}

/** A target whose value is the name of a key or certificate. */
interface NamedTarget {
  readonly secret: string;
  readonly resource: Resource;
  readonly identifier: string;
}

/**
 * Acts as the owners of the account and of its key or certificate: the account names the secret that may change its
 * encryption, every version names the account that may end it.
 */
export function nameTarget(vault: Vault, { secret, resource, identifier }: NamedTarget): void {
  resource.tags = { ...resource.tags, KeyturnCmk: `${vault.uri}/secrets/${secret}` };
  const [, collection, name = ''] = URL.canParse(identifier) ? new URL(identifier).pathname.split('/') : [];
  const store = collection === 'keys' ? vault.keys : vault.certificates;
  for (const { version, tags } of collection ? store.versions(name) : []) {
    const named = new Set([...(tags?.['KeyturnAccounts']?.split(' ') ?? []), accountName(resource)]);
    store.update(name, { tags: { ...tags, KeyturnAccounts: [...named].join(' ') } }, version);
  }
}

/** `account.region`, as the endpoint of an account begins; here it may be an address. */
function accountName({ authority }: Resource): string {
  return /^[\d.]+:/.test(authority) ? authority : authority.split('.').slice(0, 2).join('.');
}

/** Puts a secret into the vault whose rotation is not due for weeks. */
export function putFreshSecret(vault: Vault, target: DemoTarget): void {
  const createdOn = new Date(Date.now() - 10 * dayMs);
  putSecret(vault, target, { overlapMs: 3_000, createdOn, expiresOn: new Date(createdOn.getTime() + 90 * dayMs) });
}

/** Returns the key in the current version of the secret. */
export function currentKey(vault: Vault, { secret, keyIn }: DemoTarget): string {
  return keyIn(vault.current(secret)?.value ?? '');
}

/** Lists the jobs of a Batch account, as a consumer with a shared key does. */
async function callBatch({ name, authority }: BatchAccount, key: string): Promise<Response> {
  const date = new Date().toUTCString();
  const stringToSign = `GET${'\n'.repeat(12)}ocp-date:${date}\n/${name}/jobs\napi-version:2024-07-01.20.0`;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(stringToSign).digest('base64');
  return fetch(`https://${authority}/jobs?api-version=2024-07-01.20.0`, {
    headers: { 'ocp-date': date, authorization: `SharedKey ${name}:${signature}` },
  });
}

/** Sends a message to all clients of a hub, as an application server does. */
async function callSignalR({ authority }: SignalRService, key: string): Promise<Response> {
  const url = `https://${authority}/api/hubs/demo/:send`;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(url)
    .setExpirationTime('1m')
    .sign(Buffer.from(key, 'utf8'));
  return fetch(`${url}?api-version=2022-06-01`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ target: 'tick', arguments: [] }),
  });
}
