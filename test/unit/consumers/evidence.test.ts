import { evidenceIn, evidenceOf, type Published, type Reference } from '../../../lib/consumers/evidence.ts';
import { later, minute } from '../../../lib/model/clock.ts';
import { onDay } from '../decide/situation.ts';

const vaultUrl = 'https://kv.vault.azure.net';
const secret = { vaultUrl, name: 'batch-key' };
const since = onDay(60);
const published: Published = { secret, version: 'v2', since };
const url = `${vaultUrl}/secrets/batch-key`;

/** What App Service shows of a reference by `SecretUri` that was resolved to the current version. */
function byUri(more: Partial<Reference> = {}): Reference {
  const reference = `@Microsoft.KeyVault(SecretUri=${url}/)`;
  return { reference, status: 'Resolved', vaultName: 'kv', secretName: 'batch-key', activeVersion: 'v2', ...more };
}

function byName(more: Partial<Reference> = {}): Reference {
  return byUri({ reference: '@Microsoft.KeyVault(VaultName=kv;SecretName=batch-key)', ...more });
}

const apps: [sentence: string, references: Reference[], evidence: string][] = [
  ['a reference by SecretUri that runs with it', [byUri()], 'seen'],
  ['a reference by VaultName that runs with it', [byName()], 'seen'],
  [
    'in capitals',
    [byUri({ reference: byUri().reference.toUpperCase(), vaultName: 'KV', secretName: 'BATCH-KEY' })],
    'seen',
  ],
  ['a vault that is known by its URL only', [byUri({ vaultName: '' })], 'seen'],
  ['a reference that runs with the one before', [byUri({ activeVersion: 'v1' })], 'behind'],
  ['R37: a resolved reference that shows no version', [byUri({ activeVersion: undefined })], 'unknown'],
  [
    'a reference that is not resolved and shows no version',
    [byUri({ status: 'Initialized', activeVersion: undefined })],
    'behind',
  ],
  ['a reference that is not resolved', [byUri({ status: 'AccessToKeyVaultDenied' })], 'behind'],
  ['no reference at all', [], 'withoutReference'],
  ['a reference to another secret', [byUri({ secretName: 'other' })], 'withoutReference'],
  ['a reference to another vault', [byName({ vaultName: 'other' })], 'withoutReference'],
  ['a reference that names the version before', [byUri({ secretVersion: 'v1', activeVersion: 'v1' })], 'fixed'],
  ['a reference that names this version', [byUri({ secretVersion: 'v2' })], 'seen'],
  ['two references that run with it', [byUri(), byName()], 'seen'],
  ['one of two that runs with the one before', [byUri(), byName({ activeVersion: 'v1' })], 'behind'],
  ['one of two that names the version before', [byUri(), byName({ secretVersion: 'v1' })], 'fixed'],
  [
    'a reference to another secret besides',
    [byUri(), byUri({ secretName: 'other', status: 'SecretNotFound' })],
    'seen',
  ],
];

test.each(apps)('an app with %s is %s', (...row) => {
  const [, references, evidence] = row;
  expect(evidenceIn(references, published)).toBe(evidence);
});

const containers: [sentence: string, urls: string[], ageMinutes: number, evidence: string][] = [
  ['no version, in the first half hour', [url], 29, 'behind'],
  ['no version, after half an hour', [url], 30, 'seen'],
  ['no version and a slash, after half an hour', [`${url}/`], 30, 'seen'],
  ['capitals, after half an hour', [url.toUpperCase().replace('HTTPS', 'https')], 30, 'seen'],
  ['this version, at once', [`${url}/v2`], 0, 'seen'],
  ['the version before, however long', [`${url}/v1`], 600, 'fixed'],
  ['one address without and one with the version before', [url, `${url}/v1`], 600, 'fixed'],
  ['another secret that begins alike', [`${url}-2`], 600, 'withoutReference'],
  ['another vault', [url.replace('kv', 'other')], 600, 'withoutReference'],
  ['no address at all', [], 600, 'withoutReference'],
];

test.each(containers)('a Container App with %s', (_sentence, urls, ageMinutes, evidence) => {
  expect(evidenceOf(urls, published, later(since, ageMinutes * minute))).toBe(evidence);
});
