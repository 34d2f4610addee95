import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import { packInto, type Package } from '../../infra/package.ts';
import { startHost } from '../../infra/functions-host/src/index.ts';

const folders: string[] = [];
const made: Package[] = [];
beforeAll(async () => {
  for (const name of ['one', 'other']) {
    folders.push(await mkdtemp(join(tmpdir(), `keyturn-package-${name}-`)));
    made.push(await packInto(folders.at(-1) ?? ''));
  }
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
const app = () => join(folders[0] ?? '', 'app');

test('two packages of the same sources are the same bytes, wherever they are made', async () => {
  const [one, other] = await Promise.all(folders.map((folder) => readFile(join(folder, 'keyturn.zip'))));
  expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
  expect(made[0]?.sha256).toBe(made[1]?.sha256);
});

test('it contains the files that run, and no path of the machine that made it', async () => {
  const files = unzipSync(await readFile(join(folders[0] ?? '', 'keyturn.zip')));
  expect(Object.keys(files)).toEqual(['host.json', 'index.cjs', 'package.json']);
  expect(made[0]?.bytes).toEqual(Object.fromEntries(Object.entries(files).map(([name, { length }]) => [name, length])));
  const text = Object.values(files)
    .map((file) => Buffer.from(file).toString())
    .join('\n');
  for (const place of [process.cwd(), homedir(), ...folders]) expect(text).not.toContain(`${place}/`);
  expect(text).not.toContain('sourceMappingURL=');
});

test('its manifest names the entry and no dependency', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(app(), 'package.json'), 'utf8'));
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile('package.json', 'utf8')));
  expect(manifest).toEqual({ name: 'keyturn', version, private: true, main: 'index.cjs' });
});

/** Makes a copy of the project without `dist`. The script finds the project by its own place. */
async function checkout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-package-checkout-'));
  folders.push(folder);
  for (const name of ['functions', 'lib', 'node_modules', 'host.json', 'package.json'])
    await symlink(join(process.cwd(), name), join(folder, name));
  await cp('infra/package.ts', join(folder, 'infra/package.ts'));
  return folder;
}

test('azd builds after its hook has packed: the package is still there', async () => {
  const folder = await checkout();
  for (const command of ['package', 'build'])
    await promisify(execFile)(process.execPath, ['infra/package.ts', command], { cwd: folder });
  expect((await readdir(join(folder, 'dist/app'))).toSorted()).toEqual(['host.json', 'index.cjs', 'package.json']);
  expect(await readdir(join(folder, 'dist'))).toContain('index.cjs');
});

test('a host serves every function from it', async () => {
  const host = await startHost({ folder: app(), env: {}, schedule: '0 0 0 1 1 *', keys: { host: 'key' } });
  const answer = await fetch(`${host.url}/api/rotations/unknown?code=key`, { method: 'DELETE' });
  await host.stop();
  expect(host.problems).toEqual([]);
  expect(host.functions.map(({ metadata }) => metadata.name).toSorted()).toEqual([
    ...['generate', 'generateDue', 'keyVaultEvents', 'noticeEvents', 'noticePoll', 'notices', 'poolDefinition'],
    ...['publish', 'publishDue', 'resourceEvents', 'revoke', 'revokeDue', 'rotations'],
    ...['verify', 'verifyDue'],
  ]);
  expect(answer.status).toBe(405);
});
