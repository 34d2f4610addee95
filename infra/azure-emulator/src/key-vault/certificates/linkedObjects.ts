import { webcrypto } from 'node:crypto';
import { certificateLibrary } from '../../shared/certificateLibrary.ts';
import type { Core } from '../../shared/platform.ts';
import { keyVaultError } from '../errors.ts';
import { newKey, operationsOf } from '../keys/state.ts';
import type { Curve, PublicKey } from '../keys/state.ts';
import type { Certificate, CertificateVersion, LinkedStores, LinkedObjects } from './state.ts';

export function createLinkedObjects(core: Core, { keys, secrets }: LinkedStores, uri: string): LinkedObjects {
  const both = [keys, secrets] as const;
  function checkFree(name: string): void {
    for (const store of both) if (store.current(name) && !store.find(name).managed) throw nameTaken(name);
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
      for (const store of both) store.delete(name);
    },
    recover: (name) => {
      for (const store of both) store.recover(name);
    },
    purge: (name) => {
      for (const store of both) store.purge(name);
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
  const { PemConverter } = certificateLibrary();
  const certificate = PemConverter.encode(cer, 'CERTIFICATE');
  return privateKey ? `${PemConverter.encode(privateKey, 'PRIVATE KEY')}\n${certificate}\n` : `${certificate}\n`;
}

/** Azure's code is not documented. */
function nameTaken(name: string) {
  return keyVaultError(409, {
    code: 'Conflict',
    message: `A key or secret that is no certificate's is named ${name}.`,
  });
}

/**
 * A PKCS #12 file without password and without a code to check it by (RFC 7292, where both may be left out), as
 * the secret of a certificate is one without password.
 */
function pkcs12(cer: Buffer, privateKey: Buffer | undefined): Buffer {
  const bags = [bag(oids.certBag, sequence(oids.x509Certificate, tagged(octets(cer))))];
  if (privateKey) bags.push(bag(oids.keyBag, privateKey));
  const safe = sequence(data(sequence(...bags)));
  return sequence(version3, data(safe));
}

const oids = {
  data: Buffer.from('06092a864886f70d010701', 'hex'),
  keyBag: Buffer.from('060b2a864886f70d010c0a0101', 'hex'),
  certBag: Buffer.from('060b2a864886f70d010c0a0103', 'hex'),
  x509Certificate: Buffer.from('060a2a864886f70d01091601', 'hex'),
};
const version3 = Buffer.from('020103', 'hex');

function bag(oid: Buffer, value: Buffer): Buffer {
  return sequence(oid, tagged(value));
}

function data(content: Buffer): Buffer {
  return sequence(oids.data, tagged(octets(content)));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function octets(content: Buffer): Buffer {
  return der(0x04, content);
}

/** Context-specific, explicit, number 0. */
function tagged(content: Buffer): Buffer {
  return der(0xa0, content);
}

/** Tag, length in the shortest form, content. */
function der(tag: number, content: Buffer): Buffer {
  const hex = content.length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const length = content.length < 0x80 ? bytes : Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}
