import { day, hour } from '../../lib/model/clock.ts';
import { SettingsError } from '../../lib/model/settingsError.ts';
import { settingsFrom } from '../../lib/settings.ts';

const least = { KEYTURN_VAULTS: 'https://kv.vault.azure.net', AzureWebJobsStorage__accountName: 'store' };

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    settingsFrom(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

test('the least that has to be set, and what it comes to', () => {
  expect(settingsFrom(least)).toEqual({
    vaultUrls: ['https://kv.vault.azure.net'],
    objectVaultUrls: [],
    mode: 'observe',
    defaults: { validityMs: 90 * day, overlapMs: 25 * hour, paused: false, proof: 'required', consumers: 'proceed' },
    adoptionGraceMs: day,
    proofPatienceMs: 60_000,
    frozenPhases: new Set(),
    failuresUntilHeld: 5,
    startCap: 100,
    armEndpoint: 'https://management.azure.com',
    armAudience: 'https://management.azure.com',
    blobServiceUrl: 'https://store.blob.core.windows.net',
  });
});

test.each([
  ['rotate', 'rotate'],
  [' rotate ', 'rotate'],
  ['Rotate', 'rotate'],
  ['ROTATE', 'rotate'],
  ['observe', 'observe'],
  ['Observe', 'observe'],
  ['', 'observe'],
  ['  ', 'observe'],
  [undefined, 'observe'],
])('mode %j is %s: case does not matter, and unset is observe', (text, mode) => {
  expect(settingsFrom({ ...least, ...(text !== undefined && { KEYTURN_MODE: text }) }).mode).toBe(mode);
});

test.each(['rotat', 'on', 'true', 'rotate!', 'rotate,observe', 'generate'])(
  'mode %j is an error: it would observe without a sign',
  (text) => {
    expect(problemsOf({ ...least, KEYTURN_MODE: text })).toEqual([
      `KEYTURN_MODE: should be rotate or observe, is ${JSON.stringify(text)}`,
    ]);
  },
);

test.each([
  ['KEYTURN_VALIDITY', 'P60D', { defaults: { validityMs: 60 * day } }],
  ['KEYTURN_LEAD', 'P10D', { defaults: { leadMs: 10 * day } }],
  ['KEYTURN_OVERLAP', 'PT1H', { defaults: { overlapMs: hour } }],
  ['KEYTURN_WINDOW', 'Mon-Fri 01:00-04:00 Europe/Berlin', { defaults: { window: { timeZone: 'Europe/Berlin' } } }],
  ['KEYTURN_ADOPTION_GRACE', 'PT0S', { adoptionGraceMs: 0 }],
  ['KEYTURN_PROOF_PATIENCE', 'PT2M', { proofPatienceMs: 120_000 }],
  ['KEYTURN_FAILURES_UNTIL_HELD', '3', { failuresUntilHeld: 3 }],
  ['KEYTURN_START_CAP', '7', { startCap: 7 }],
  ['KEYTURN_FROZEN_PHASES', 'generate, revoke', { frozenPhases: new Set(['generate', 'revoke']) }],
  [
    'KEYTURN_ARM_ENDPOINT',
    'https://management.chinacloudapi.cn',
    { armEndpoint: 'https://management.chinacloudapi.cn' },
  ],
  [
    'KEYTURN_VAULTS',
    'https://a.vault.azure.net/, https://b.vault.azure.net',
    { vaultUrls: ['https://a.vault.azure.net', 'https://b.vault.azure.net'] },
  ],
  ['KEYTURN_AUTH', 'Entra', {}],
  ['KEYTURN_OBJECT_VAULTS', 'https://Keys.vault.azure.cn', { objectVaultUrls: ['https://keys.vault.azure.cn'] }],
  [
    'AzureWebJobsStorage__blobServiceUri',
    'https://127.0.0.1:10000/dev',
    { blobServiceUrl: 'https://127.0.0.1:10000/dev' },
  ],
])('%s is read', (name, text, settings) => {
  expect(settingsFrom({ ...least, [name]: text })).toMatchObject(settings);
});

test.each([
  ['KEYTURN_VALIDITY', 'P1M'],
  ['KEYTURN_LEAD', '10'],
  ['KEYTURN_OVERLAP', 'soon'],
  ['KEYTURN_OVERLAP', 'P100000000D'],
  ['KEYTURN_WINDOW', 'at night'],
  ['KEYTURN_ADOPTION_GRACE', 'P1Y'],
  ['KEYTURN_PROOF_PATIENCE', '-PT1M'],
  ['KEYTURN_FAILURES_UNTIL_HELD', '0'],
  ['KEYTURN_START_CAP', '1.5'],
  ['KEYTURN_FROZEN_PHASES', 'polish'],
  ['KEYTURN_ARM_ENDPOINT', 'http://management.azure.com'],
  ['KEYTURN_ARM_AUDIENCE', 'arm'],
  ['KEYTURN_AUTH', 'on'],
  ['KEYTURN_VAULTS', 'kv'],
  ['KEYTURN_VAULTS', 'http://kv.vault.azure.net'],
  ['KEYTURN_VAULTS', 'https://kv.vault.azure.net/secrets/a'],
])('%s = %j is refused by its name, and it is said what it is', (name, text) => {
  const problems = problemsOf({ ...least, [name]: text });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(name);
  expect(problems[0]).toContain(JSON.stringify(text));
});

describe('R26: a vault', () => {
  test.each([
    ['of the public cloud', 'https://kv.vault.azure.net'],
    ['of China', 'https://kv.vault.azure.cn'],
    ['of the US government', 'https://kv.vault.usgovcloudapi.net/'],
  ])('%s is taken', (_sentence, url) => {
    expect(problemsOf({ ...least, KEYTURN_VAULTS: url, KEYTURN_OBJECT_VAULTS: url })).toEqual([]);
  });

  test.each([
    ['elsewhere', 'https://kv.vault.azure.net.evil.example'],
    ['that only ends like one', 'https://evilvault.azure.net'],
    ['with a port', 'https://kv.vault.azure.net:8443'],
    ['behind a name of its own', 'https://a.b.vault.azure.net'],
    ['that is a managed HSM', 'https://kv.managedhsm.azure.net'],
    ['on this machine', 'https://127.0.0.1:8443'],
    ['on localhost', 'https://kv.localhost:8443'],
  ])('%s is refused, whichever setting lists it', (_sentence, url) => {
    for (const name of ['KEYTURN_VAULTS', 'KEYTURN_OBJECT_VAULTS']) {
      const problems = problemsOf({ ...least, [name]: url });
      expect(problems).toEqual([expect.stringContaining(`${name}: a vault `)]);
      expect(problems[0]).toContain(url);
    }
  });

  test.each(['https://127.0.0.1:8443', 'https://[::1]:8443', 'https://localhost', 'https://kv.localhost:8443'])(
    '%s on this machine is taken for development',
    (url) => {
      expect(problemsOf({ ...least, KEYTURN_VAULTS: url, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' })).toEqual([]);
    },
  );

  test('elsewhere is refused for development too', () => {
    const elsewhere = { KEYTURN_VAULTS: 'https://kv.example', AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
    expect(problemsOf({ ...least, ...elsewhere })).toHaveLength(1);
  });
});

test('one error lists every problem of every setting', () => {
  const problems = problemsOf({ KEYTURN_OVERLAP: 'soon', KEYTURN_START_CAP: 'many', KEYTURN_SETTEL: 'PT1H' });
  const names = ['KEYTURN_VAULTS', 'KEYTURN_OVERLAP', 'KEYTURN_START_CAP', 'KEYTURN_SETTEL', 'AzureWebJobsStorage'];
  expect(problems).toHaveLength(names.length);
  for (const name of names) expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
});

test('a setting that is set to nothing is not set', () => {
  expect(settingsFrom({ ...least, KEYTURN_OVERLAP: ' ' }).defaults.overlapMs).toBe(25 * hour);
});

test('a setting under an old name is an error that names the new one', () => {
  const problems = problemsOf({ ...least, KEYTURN_SETTLE: 'PT1H' });
  expect(problems).toEqual(['KEYTURN_SETTLE: renamed, write KEYTURN_OVERLAP']);
});
