import { keysAt } from '../azure-emulator/src/index.ts';
import type { BatchAccount, SignalRService, Vault } from '../azure-emulator/src/index.ts';
import { callBatch, callSignalR } from './dataPlanes.ts';

/** A secret that is to be rotated, as its owner and its consumers know it. */
export interface DemoTarget {
  readonly secret: string;
  readonly resource: BatchAccount | SignalRService;
  /** What its owner says of the credential. */
  readonly tags: Readonly<Record<string, string>>;
  /** The key or certificate that its value names. */
  readonly follows?: string;
  /** What the secret holds before. */
  readonly firstValue: string;
  /** Both keys as they were before; none where no key is rotated. */
  readonly oldKeys: readonly string[];
  /** The key in a value of the secret. */
  readonly keyIn: (value: string) => string;
  readonly call: (key: string) => Promise<Response>;
}

export const place = {
  subscriptionId: '00000000-0000-4000-8000-000000000000',
  resourceGroup: 'demo',
  location: 'westeurope',
};
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

/** By the identifier of a version that the account uses. Who calls the account has one of its shared keys, as ever. */
export function versionTarget(secret: string, account: BatchAccount, kind: string, identifier: string): DemoTarget {
  const { Primary } = keysAt(account, Date.now());
  return {
    secret,
    resource: account,
    tags: { RotationKind: kind },
    follows: new URL(identifier).pathname.split('/')[2] ?? '',
    firstValue: identifier,
    oldKeys: [],
    keyIn: (value) => value,
    call: () => callBatch(account, Primary),
  };
}

export interface Placing {
  readonly settleMs: number;
  readonly createdOn: Date;
  readonly expiresOn: Date;
  /** The owner's own. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The owner puts the secret there, with the tags that ask for its rotation. */
export function putSecret(vault: Vault, target: DemoTarget, placing: Placing): void {
  const { settleMs, createdOn, expiresOn, tags: own = {} } = placing;
  const { secret, resource, firstValue } = target;
  const rotation = { ProviderAddress: resource.id, ...target.tags, ValidityPeriodDays: '90' };
  const tags = { ...own, ...rotation, RotationOverlap: `PT${settleMs / 1000}S` };
  vault.setSecret(secret, firstValue, { tags, createdOn, expiresOn });
}

/** The key in the version that is current now. */
export function currentKey(vault: Vault, { secret, keyIn }: DemoTarget): string {
  return keyIn(vault.current(secret)?.value ?? '');
}
