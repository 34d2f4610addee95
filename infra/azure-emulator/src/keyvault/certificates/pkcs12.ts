/**
 * A PKCS #12 file without password and without a code to check it by (RFC 7292, where both may be left out), as
 * the secret of a certificate is one without password.
 */
export function pkcs12(cer: Buffer, privateKey: Buffer | undefined): Buffer {
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
