import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const azure = join(__dirname, '../../../../infra/azure');
const script = join(azure, 'events/subscribe.sh');
const ofAzd = ['AZURE_SUBSCRIPTION_ID', 'AZURE_ENV_NAME', 'AZURE_LOCATION'];
/** Set by people who have other subscriptions, else not at all. */
const byHand = ['OTHER_VAULT_TOPIC_IDS', 'OTHER_SUBSCRIPTION_TOPIC_IDS'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-subscribe-'));
  await writeFile(join(folder, 'az'), '#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n');
  await chmod(join(folder, 'az'), 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

/** What the Azure CLI was given, word by word. */
async function words(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const path = [folder, process.env['PATH']].join(delimiter);
  const { stdout } = await promisify(execFile)('sh', [script], { env: { PATH: path, ...environment } });
  return stdout.trimEnd().split('\n');
}

async function found(file: string, pattern: RegExp): Promise<readonly string[]> {
  const text = await readFile(join(azure, file), 'utf8');
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].toSorted();
}

async function outputs(): Promise<readonly string[]> {
  return found('main.bicep', /^output (\w+) /gm);
}

async function deployed(): Promise<Record<string, string>> {
  return Object.fromEntries([...ofAzd, ...(await outputs())].map((name) => [name, `of ${name}`]));
}

test('every parameter of the second stage is passed, each a word of its own', async () => {
  const passed = (await words(await deployed())).filter((word) => /^\w+=/.test(word));
  const parameters = await found('events/main.bicep', /^param (\w+) /gm);
  expect(passed.map((word) => word.replace(/=.*/, '')).toSorted()).toEqual(parameters);
  expect(passed).toContain('vaultTopicIds=of VAULT_TOPIC_IDS ');
});

test('the topics of other subscriptions are appended', async () => {
  const passed = await words({ ...(await deployed()), OTHER_VAULT_TOPIC_IDS: '/one /two' });
  expect(passed).toContain('vaultTopicIds=of VAULT_TOPIC_IDS /one /two');
});

test('a private app, which has no topic, subscribes nothing', async () => {
  expect(await words({ ...(await deployed()), TOPIC_ID: '' })).toEqual([
    expect.stringContaining('Timers do all the work'),
  ]);
});

test('what the deployment does not tell is an error, not an empty parameter', async () => {
  await expect(words({ TOPIC_ID: 'topic' })).rejects.toThrow('AZURE_SUBSCRIPTION_ID');
});

test.each([
  ['in sh', 'events/subscribe.sh', /\$\{?([A-Z][A-Z_]+)/g],
  ['in PowerShell', 'events/subscribe.ps1', /\$env:(\w+)/g],
])(
  'what is read %s is what azd knows: its own names, outputs of main.bicep, and what people set',
  async (_, file, pattern) => {
    const known = [...ofAzd, ...byHand, ...(await outputs())];
    const read = await found(file, pattern);
    expect(read.filter((name) => !known.includes(name))).toEqual([]);
    expect(read).toEqual(await found('events/subscribe.sh', /\$\{?([A-Z][A-Z_]+)/g));
  },
);

test('both shells deploy the same template with the same parameters', async () => {
  const parameters = /^ {2}(\w+)="/gm;
  expect(await found('events/subscribe.ps1', parameters)).toEqual(await found('events/subscribe.sh', parameters));
});
