import { webcrypto } from 'node:crypto';
import { PemConverter } from '@peculiar/x509';
import type { Core } from '../../core.ts';
import type { Curve, PublicKey } from '../keys/material.ts';
import type { KeyShelf } from '../keys/store.ts';
import { newKey, operationsOf } from '../keys/store.ts';
import { refusal } from '../refusal.ts';
import type { SecretShelf } from '../secrets/store.ts';
import type { Details } from '../shelf.ts';
import type { Certificate, CertificateVersion } from './certificate.ts';
import { pkcs12 } from './pkcs12.ts';

export interface LinkedShelves {
  readonly keys: KeyShelf;
  readonly secrets: SecretShelf;
}

/** The key and the secret that every version of a certificate has under its own name and version. */
export interface Links {
  /** Refuses a name that a key or secret of its own has. */
  checkFree(name: string): void;
  add(certificate: Certificate, version: CertificateVersion, keys: webcrypto.CryptoKeyPair): Promise<void>;
  update(name: string, changes: Pick<Details, 'tags' | 'enabled'>, version?: string): void;
  delete(name: string): void;
  recover(name: string): void;
  purge(name: string): void;
}

export function createLinks(core: Core, { keys, secrets }: LinkedShelves, uri: string): Links {
  const both = [keys, secrets] as const;
  function checkFree(name: string): void {
    for (const shelf of both) if (shelf.current(name) && !shelf.find(name).managed) throw nameTaken(name);
  }
  async function add(certificate: Certificate, made: CertificateVersion, pair: webcrypto.CryptoKeyPair): Promise<void> {
    const { name, policy } = certificate;
    const { cer, x5t: _x5t, ...common } = made;
    const { exportable, kty } = policy.key_props;
    const publicKey = await publicKeyOf(pair, kty);
    const privateKey = exportable ? Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)) : undefined;
    const { contentType } = policy.secret_props;
    const value =
      contentType === 'application/x-pkcs12' ? pkcs12(cer, privateKey).toString('base64') : pem(cer, privateKey);
    if (privateKey) core.issued.add(value);
    const kid = `${uri}/keys/${name}/${made.version}`;
    const key = keys.open(name, () => newKey(name, true));
    keys.add(key, { ...common, operations: operationsOf({ kty }), exportable, publicKey });
    const secret = secrets.open(name, () => ({ name, versions: [], managed: true, deletedOn: undefined }));
    secrets.add(secret, { ...common, value, contentType, kid });
  }
  return {
    ...{ checkFree, add },
    update(name, changes, version) {
      keys.update(name, changes, version);
      secrets.update(name, changes, version);
    },
    delete: (name) => {
      for (const shelf of both) shelf.delete(name);
    },
    recover: (name) => {
      for (const shelf of both) shelf.recover(name);
    },
    purge: (name) => {
      for (const shelf of both) shelf.purge(name);
    },
  };
}

async function publicKeyOf({ publicKey }: webcrypto.CryptoKeyPair, kty: 'RSA' | 'EC'): Promise<PublicKey> {
  const { n = '', e = '', x = '', y = '', crv } = await webcrypto.subtle.exportKey('jwk', publicKey);
  return kty === 'RSA' ? { kty, n, e } : { kty, crv: curveOf(crv), x, y };
}

function curveOf(name: string | undefined): Curve {
  return (['P-384', 'P-521'] as const).find((each) => each === name) ?? 'P-256';
}

function pem(cer: Buffer, privateKey: Buffer | undefined): string {
  const certificate = PemConverter.encode(cer, 'CERTIFICATE');
  return privateKey ? `${PemConverter.encode(privateKey, 'PRIVATE KEY')}\n${certificate}\n` : `${certificate}\n`;
}

/** Azure's code is not documented. */
function nameTaken(name: string) {
  return refusal(409, { code: 'Conflict', message: `A key or secret that is no certificate's is named ${name}.` });
}
