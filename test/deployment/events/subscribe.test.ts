import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const azure = join(__dirname, '../../../infra/azure');
const script = join(azure, 'events/subscribe.sh');
const ofAzd = ['AZURE_SUBSCRIPTION_ID', 'AZURE_ENV_NAME', 'AZURE_LOCATION'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-subscribe-'));
  await command('az', 'for word in "$@"; do printf "%s\\n" "$word"; done');
});

afterAll(() => rm(folder, { recursive: true }));

async function command(name: string, text: string, inside = folder): Promise<void> {
  await writeFile(join(inside, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(inside, name), 0o755);
}

function run(environment: Readonly<Record<string, string>>, ...folders: readonly string[]) {
  const path = [...folders, folder, process.env['PATH']].join(delimiter);
  return promisify(execFile)('sh', [script], { env: { PATH: path, ...environment } });
}

/** Returns the words that the Azure CLI got. */
async function words(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { stdout } = await run(environment);
  return stdout.trimEnd().split('\n');
}

/** Runs the script while Azure refuses so often. Returns the minutes it waited and its output. */
async function refusing(times: number): Promise<{ minutes: number; said: string; isDone: boolean }> {
  const own = await mkdtemp(join(folder, 'refusing-'));
  await command('az', `echo >> ${own}/asked; [ "$(wc -l < ${own}/asked)" -gt ${times} ]`, own);
  await command('sleep', `echo "$1" >> ${own}/slept`, own);
  const { stderr, isDone } = await run(await deployed(), own).then(
    (end) => ({ ...end, isDone: true }),
    (error: unknown) => ({ stderr: String(error), isDone: false }),
  );
  const slept = await readFile(join(own, 'slept'), 'utf8');
  return { minutes: slept.split('60\n').length - 1, said: stderr, isDone };
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

test('every parameter of the second stage is passed as one word', async () => {
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

test.each([
  ['no output at all', {}, 'TOPIC_ID'],
  ['the topic alone', { TOPIC_ID: 'topic' }, 'AZURE_SUBSCRIPTION_ID'],
])('the script fails for a missing output: %s', async (_, environment, missing) => {
  await expect(words(environment)).rejects.toThrow(missing);
});

test('the script repeats a refused deployment each minute and prints why it waits', async () => {
  const { minutes, said, isDone } = await refusing(2);
  expect([minutes, isDone]).toEqual([2, true]);
  expect(said).toMatch(/^Attempt 2 of 10: Azure may not know the functions/m);
});

test('the script fails after ten refusals and prints how to repeat it', async () => {
  const { minutes, said, isDone } = await refusing(10);
  expect([minutes, isDone]).toEqual([9, false]);
  expect(said).toMatch(/^Given up.*azd hooks run postdeploy/m);
});

test('both shells deploy the same template with the same parameters', async () => {
  const parameters = /^ +(\w+)="/gm;
  expect(await found('events/subscribe.ps1', parameters)).toEqual(await found('events/subscribe.sh', parameters));
});

test.each(['events/subscribe.sh', 'events/subscribe.ps1'])(
  'the name of the deployment contains its region: %s',
  async (file) => {
    expect(await readFile(join(azure, file), 'utf8')).toMatch(/--name "keyturn-.*AZURE_ENV_NAME-.*AZURE_LOCATION"/);
  },
);
