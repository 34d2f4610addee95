import type { Vault, Version } from '../../../infra/azure-emulator/src/index.ts';
import { later, day } from '../../../lib/model/clock.ts';
import { certificatePolicy } from '../../support/poolCertificates.ts';

/** Kinds whose credential is a version of something in a vault. */
export const kinds = ['batch-cmk', 'pool-certificate'] as const;
export type Kind = (typeof kinds)[number];

/** The key or certificate that a secret follows, for a person who works on it. */
export interface Followed {
  readonly url: string;
  readonly name: string;
  versions(): readonly Version[];
  make(): Promise<string>;
  set(changes: { readonly enabled?: boolean; readonly expiresOn?: Date }, version?: string): void;
}

const ageDays = 61;

/** Made as long ago as the secret that will name it is to be when it is due. */
export async function follow(kind: Kind, vault: Vault, name: string, now: Date): Promise<Followed> {
  const followed = kind === 'batch-cmk' ? key(vault, name) : certificate(vault, name);
  await followed.make(later(now, -ageDays * day));
  return { ...followed, make: () => followed.make(undefined) };
}

function key(vault: Vault, name: string) {
  return {
    ...{ name, url: `${vault.uri}/keys/${name}` },
    versions: () => vault.keys.versions(name),
    make: (createdOn: Date | undefined) =>
      Promise.resolve(vault.createKey(name, createdOn ? { createdOn } : {}).version),
    set: (changes: object, version?: string) => void vault.keys.update(name, changes, version),
  };
}

function certificate(vault: Vault, name: string) {
  const versions = () => vault.certificates.versions(name);
  return {
    ...{ name, url: `${vault.uri}/certificates/${name}`, versions },
    make: async (createdOn: Date | undefined) => {
      if (vault.certificates.list('active').some((each) => each.name === name && each.pending?.status === 'inProgress'))
        return '';
      await vault.createCertificate(name, certificatePolicy, createdOn ? { createdOn } : {});
      return versions().at(-1)?.version ?? '';
    },
    set: (changes: object, version?: string) => void vault.certificates.update(name, changes, version),
  };
}
