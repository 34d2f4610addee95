import { attributes, toSeconds } from '../wire.ts';
import type { Home } from '../wire.ts';
import type { Certificate, CertificateVersion, Pending } from './certificate.ts';

export function bundle(home: Home, certificate: Certificate, version: CertificateVersion): object {
  const { name } = certificate;
  const place = `${name}/${version.version}`;
  return {
    id: `${home.uri}/certificates/${place}`,
    kid: `${home.uri}/keys/${place}`,
    sid: `${home.uri}/secrets/${place}`,
    ...properties(home, version),
    cer: version.cer.toString('base64'),
    policy: policyDocument(home, certificate),
  };
}

/** What there is to see of a certificate whose first version is still to come. */
export function pendingBundle(home: Home, certificate: Certificate, { version, startedOn }: Pending): object {
  const dates = { createdOn: startedOn, updatedOn: startedOn };
  return {
    id: `${home.uri}/certificates/${certificate.name}/${version}`,
    attributes: attributes(home, { version, enabled: false, ...dates }),
    policy: policyDocument(home, certificate),
  };
}

/** What a list shows: the current version under an id without version, or one of all versions under its own. */
export function item(home: Home, { name }: Certificate, shown: CertificateVersion, own?: CertificateVersion): object {
  const path = own ? `${name}/${own.version}` : name;
  return { id: `${home.uri}/certificates/${path}`, ...properties(home, shown) };
}

export function policyDocument({ uri }: Home, certificate: Certificate): object {
  const { name, policy, policyCreatedOn, policyUpdatedOn } = certificate;
  const { kty, key_size: size, crv, ...keyProps } = policy.key_props;
  const times = { created: toSeconds(policyCreatedOn), updated: toSeconds(policyUpdatedOn) };
  return {
    id: `${uri}/certificates/${name}/policy`,
    ...policy,
    key_props: { ...keyProps, kty, ...(kty === 'RSA' ? { key_size: size } : { crv }) },
    attributes: { ...policy.attributes, ...times },
  };
}

export function operationDocument({ uri }: Home, { name, policy }: Certificate, pending: Pending): object {
  const { status, error } = pending;
  return {
    id: `${uri}/certificates/${name}/pending`,
    issuer: policy.issuer,
    csr: pending.csr.toString('base64'),
    cancellation_requested: pending.cancellationRequested,
    status,
    status_details: status === 'inProgress' ? details(policy.issuer.name) : undefined,
    error,
    target: status === 'completed' ? `${uri}/certificates/${name}` : undefined,
    request_id: pending.requestId,
  };
}

function details(issuer: string): string {
  return issuer === 'Unknown' ? 'The request waits for a merge.' : 'The request is with its issuer.';
}

function properties(home: Home, version: CertificateVersion): object {
  return { x5t: version.x5t, attributes: attributes(home, version), tags: version.tags };
}
