import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { z } from 'zod';
import { bundle } from './bundle.ts';

export interface Package {
  readonly zip: string;
  /** Of each file, unpacked. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly zipBytes: number;
  readonly sha256: string;
}

const project = join(import.meta.dirname, '..');
const packageJson = z.object({ name: z.string(), version: z.string() });
/** The earliest that a zip can tell. `mtime` is written as local time: only the parts count, the zone does not. */
const mtime = new Date(1980, 0, 1);

/**
 * The function app as a folder, `app`, and as `keyturn.zip` of the same files. Equal sources give equal bytes: no date,
 * no path and no source map goes in.
 */
export async function packInto(folder: string): Promise<Package> {
  const app = join(folder, 'app');
  await rm(app, { recursive: true, force: true });
  await mkdir(app, { recursive: true });
  await bundle(join(app, 'index.cjs'), false);
  await writeFile(join(app, 'host.json'), await readFile(join(project, 'host.json')));
  await writeFile(join(app, 'package.json'), await manifest());
  return zipped(app, join(folder, 'keyturn.zip'));
}

/** The host runs `main`; everything it needs is in the bundle. Without `type` a `.cjs` or `.js` is CommonJS. */
async function manifest(): Promise<string> {
  const { name, version } = packageJson.parse(JSON.parse(await readFile(join(project, 'package.json'), 'utf8')));
  return `${JSON.stringify({ name, version, private: true, main: 'index.cjs' }, undefined, 2)}\n`;
}

async function zipped(app: string, zip: string): Promise<Package> {
  const names = ['host.json', 'index.cjs', 'package.json'];
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(app, name))] as const));
  const bytes = zipSync(Object.fromEntries(files), { level: 9, mtime });
  await writeFile(zip, bytes);
  return {
    zip,
    bytes: Object.fromEntries(files.map(([name, { length }]) => [name, length])),
    zipBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
