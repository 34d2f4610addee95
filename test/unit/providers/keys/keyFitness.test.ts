import type { KeyVaultKey } from '@azure/keyvault-keys';
import { isInVault, unfitKey, unfitVersion } from '../../../../lib/providers/keys/keyFitness.ts';

const now = new Date('2026-03-02T01:00:00Z');

function key(more: Omit<Partial<KeyVaultKey>, 'properties'> = {}, properties: object = {}): KeyVaultKey {
  return {
    name: 'cmk',
    keyType: 'RSA',
    keyOperations: ['wrapKey', 'unwrapKey'],
    key: { n: new Uint8Array(256) },
    properties: { name: 'cmk', vaultUrl: 'https://kv.vault.azure.net', recoveryLevel: 'Recoverable', ...properties },
    ...more,
  };
}

test.each([
  ['RSA of 2048 bits', key()],
  ['RSA of 3072 bits', key({ key: { n: new Uint8Array(384) } })],
  ['RSA of 4096 bits in an HSM', key({ keyType: 'RSA-HSM', key: { n: new Uint8Array(512) } })],
  ['that cannot be purged by anybody', key({}, { recoveryLevel: 'Recoverable+ProtectedSubscription' })],
  ['of a vault with a shorter retention', key({}, { recoveryLevel: 'CustomizedRecoverable' })],
  ['with both', key({}, { recoveryLevel: 'CustomizedRecoverable+ProtectedSubscription' })],
])('a key is readiness: %s', (_sentence, found) => {
  expect(unfitKey(found)).toBeUndefined();
});

test.each([
  ['an elliptic curve', key({ keyType: 'EC' }), 'key-not-rsa'],
  ['an elliptic curve in an HSM', key({ keyType: 'EC-HSM' }), 'key-not-rsa'],
  ['symmetric', key({ keyType: 'oct' }), 'key-not-rsa'],
  ['RSA of 1024 bits', key({ key: { n: new Uint8Array(128) } }), 'key-size'],
  ['RSA of unknown size', key({ key: {} }), 'key-size'],
  ['without wrapKey', key({ keyOperations: ['unwrapKey', 'encrypt'] }), 'key-operations'],
  ['without unwrapKey', key({ keyOperations: ['wrapKey', 'decrypt'] }), 'key-operations'],
  ['without soft delete', key({}, { recoveryLevel: 'Purgeable' }), 'key-not-recoverable'],
  ['without purge protection', key({}, { recoveryLevel: 'Recoverable+Purgeable' }), 'key-not-recoverable'],
  ['without a recovery level', key({}, { recoveryLevel: undefined }), 'key-not-recoverable'],
])('a key is not readiness: %s', (_sentence, found, reason) => {
  expect(unfitKey(found)).toBe(reason);
});

test.each([
  ['without dates', {}, undefined],
  ['within its dates', { notBefore: new Date('2026-03-01'), expiresOn: new Date('2026-03-03') }, undefined],
  ['that is disabled', { enabled: false }, 'key-disabled'],
  ['that becomes valid tomorrow', { notBefore: new Date('2026-03-03') }, 'key-not-yet-valid'],
  ['that expired', { expiresOn: now }, 'key-expired'],
])('a version %s', (_sentence, properties, reason) => {
  expect(unfitVersion(key({}, properties), now)).toBe(reason);
});

test.each([
  ['https://kv.vault.azure.net', true],
  ['https://kv.vault.usgovcloudapi.net', true],
  ['https://hsm.managedhsm.azure.net', false],
  ['https://hsm.MANAGEDHSM.usgovcloudapi.net', false],
])('%s is a vault: %s', (url, isOne) => {
  expect(isInVault(url)).toBe(isOne);
});
