import { withoutSecrets } from '../../../lib/pools/redaction.ts';

const hex = '0123456789abcdef'.repeat(4);
const key = `${'Ab3/'.repeat(21)}ab==`;

test.each([
  ['a password', { userAccounts: [{ name: 'u', password: 'hunter22hunter22' }] }, '/userAccounts/0/password'],
  ['an SSH key', { userAccounts: [{ linuxUserConfiguration: { sshPrivateKey: key } }] }, '/userAccounts/0/password'],
  [
    'the key of a file share',
    { mountConfiguration: [{ azureFileShareConfiguration: { accountKey: key } }] },
    '/mountConfiguration/0/azureFileShareConfiguration/accountKey',
  ],
  [
    'the password of a registry',
    { containerConfiguration: { containerRegistries: [{ username: 'u', password: key }] } },
    '/containerConfiguration/containerRegistries/0/password',
  ],
  [
    'what an extension protects',
    { extensions: [{ publisher: 'Contoso', protectedSettings: { key } }] },
    '/extensions/0/protectedSettings',
  ],
])('%s is not repeated, and it is said where it belongs', (_sentence, pool, pointer) => {
  const { shown, toFillIn } = withoutSecrets(pool);
  expect(JSON.stringify(shown)).not.toMatch(/hunter|Ab3/);
  expect(toFillIn.map((change) => change.pointer)).toEqual([pointer]);
});

test.each([
  ['a shared access signature', `https://files.blob.core.windows.net/c/f?sv=2024-01-01&sig=${key}`],
  ['a connection string', `Endpoint=sb://x;SharedAccessKey=${key}`],
  ['a key by itself', key],
  ['a token', 'curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x"'],
  ['a password on a command line', '/bin/mount -o username=u,password=hunter22hunter22'],
])('%s in a text gives way to a place to fill in', (_sentence, value) => {
  const { shown, toFillIn } = withoutSecrets({ startTask: { environmentSettings: [{ name: 'A', value }] } });
  expect(shown).toEqual({ startTask: { environmentSettings: [{ name: 'A', value: '<fill in>' }] } });
  expect(toFillIn).toMatchObject([{ pointer: '/startTask/environmentSettings/0/value', to: '<fill in>' }]);
});

test.each([
  [
    'a resource id',
    '/subscriptions/5ab5c000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Network',
  ],
  ['an observed certificate', 'https://kv.vault.azure.net/secrets/tls/8f5f3f491afd48cb99286ba2aacd39af'],
  ['a command', '/bin/bash -c "apt-get update && apt-get install -y ffmpeg"'],
  ['a formula', '$TargetDedicatedNodes=min(10, $PendingTasks.GetSample(180 * TimeInterval_Second));'],
])('%s is no secret', (_sentence, value) => {
  expect(withoutSecrets({ value })).toEqual({ shown: { value }, toFillIn: [] });
});

test('where an identity signs in nothing is to be filled in', () => {
  const pool = { containerRegistries: [{ registryServer: 'x.azurecr.io', identityReference: { resourceId: '/r' } }] };
  expect(withoutSecrets(pool)).toEqual({ shown: pool, toFillIn: [] });
});

test.each([
  ['a password in a variable', { startTask: { environmentSettings: [{ name: 'DB_PASSWORD', value: 'Herbst2026!' }] } }],
  [
    'a GUID that is a key',
    {
      startTask: {
        environmentSettings: [
          { name: 'APP_INSIGHTS_INSTRUMENTATION_KEY', value: '5ab5c000-0000-4000-8000-00000000000a' },
        ],
      },
    },
  ],
  ['metadata', { metadata: [{ name: 'note', value: 'Herbst2026!' }] }],
  ['a token of GitHub', { startTask: { commandLine: `git clone https://x:ghp_${'a1B2'.repeat(9)}@github.com/a/b` } }],
  ['a key in hex', { startTask: { commandLine: `run --id ${hex}` } }],
  ['a code in a URL', { startTask: { commandLine: 'curl https://f.azurewebsites.net/api/f?code=abc' } }],
  ['a short option', { startTask: { commandLine: 'docker login -u u -p Sommer2024! x.azurecr.io' } }],
  ['a long option', { startTask: { commandLine: 'tool --admin-password Winter2025!' } }],
  ['a variable of a container', { startTask: { containerSettings: { containerRunOptions: '-e TOKEN=Winter2025!' } } }],
  [
    'options of a mount',
    { mountConfiguration: [{ nfsMountConfiguration: { mountOptions: '-o user=u,pass=Winter2025!' } }] },
  ],
  [
    'a file behind a signature',
    { startTask: { resourceFiles: [{ httpUrl: 'https://s.blob.core.windows.net/c/f?sv=1&sig=Winter2025!' }] } },
  ],
  [
    'settings of another extension',
    { extensions: [{ publisher: 'C', settings: { command: 'sh x.sh --token Winter2025!' } }] },
  ],
  ['a user in a URL', { startTask: { commandLine: 'curl https://u:Winter2025!@host.example/x' } }],
])('A definition does not show %s, and says where it belongs', (_sentence, pool) => {
  const { shown, toFillIn } = withoutSecrets(pool);
  expect(JSON.stringify(shown)).not.toMatch(/Herbst|Sommer|Winter|5ab5c000|ghp_|01234|code=/);
  expect(toFillIn.some(({ to }) => to === '<fill in>')).toBe(true);
});

test.each([
  '/bin/bash -c "apt-get update && apt-get install -y ffmpeg"',
  'cmd /c %AZ_BATCH_APP_PACKAGE_blender#4.2%\\setup.exe /quiet',
  "/bin/sh -c 'python3 -m pip install --upgrade numpy==1.26.4'",
])('the command line %s is shown', (commandLine) => {
  expect(withoutSecrets({ startTask: { commandLine } }).toFillIn).toEqual([]);
});
