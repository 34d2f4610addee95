import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { zipSync } from 'fflate';
import { z } from 'zod';

export interface Package {
  readonly zip: string;
  /** The size of each file in the package, uncompressed. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly zipBytes: number;
  readonly sha256: string;
}

const project = join(import.meta.dirname, '..');
const packageJson = z.object({ name: z.string(), version: z.string() });
/** The earliest date that a zip can hold. The zip stores local time, so equal parts give equal bytes in every zone. */
const mtime = new Date(1980, 0, 1);

/** Bundles the app into one CommonJS file, so that a cold start loads one file. */
async function bundle(outfile: string, sourcemap: boolean): Promise<void> {
  await esbuild({
    absWorkingDir: project,
    entryPoints: ['functions/index.ts'],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true,
    sourcemap,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['@azure/functions-core'],
    logLevel: 'warning',
  });
}

/**
 * Writes the function app as a folder, `app`, and as `keyturn.zip` of the same files. Equal sources give equal bytes:
 * the package has no date, no path and no source map.
 */
export async function packInto(folder: string): Promise<Package> {
  const app = join(folder, 'app');
  await rm(app, { recursive: true, force: true });
  await mkdir(app, { recursive: true });
  await bundle(join(app, 'index.cjs'), false);
  await writeFile(join(app, 'host.json'), await readFile(join(project, 'host.json')));
  // The host runs `main`; the bundle has all dependencies. Without `type` a `.cjs` or `.js` file is CommonJS.
  const { name, version } = packageJson.parse(JSON.parse(await readFile(join(project, 'package.json'), 'utf8')));
  const manifest = { name, version, private: true, main: 'index.cjs' };
  await writeFile(join(app, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);

  const names = ['host.json', 'index.cjs', 'package.json'];
  const files = await Promise.all(names.map(async (file) => [file, await readFile(join(app, file))] as const));
  const zipped = zipSync(Object.fromEntries(files), { level: 9, mtime });
  const zip = join(folder, 'keyturn.zip');
  await writeFile(zip, zipped);
  return {
    zip,
    bytes: Object.fromEntries(files.map(([file, { length }]) => [file, length])),
    zipBytes: zipped.length,
    sha256: createHash('sha256').update(zipped).digest('hex'),
  };
}

/** `node infra/package.ts build` bundles what `npm start` and the tests run; `package` makes what is deployed. */
async function run(command = ''): Promise<void> {
  if (command === 'build') return bundle('dist/index.cjs', true);
  if (command !== 'package') throw new Error(`There is no command '${command}': use build or package.`);
  const { bytes, zip, zipBytes, sha256 } = await packInto('dist');
  for (const [name, size] of Object.entries(bytes)) console.log(`${String(size).padStart(9)}  dist/app/${name}`);
  console.log(`${String(zipBytes).padStart(9)}  ${zip}\nsha256 ${sha256}`);
}

// Other scripts and tests import this file, where nothing is to run.
if (realpathSync(process.argv[1] ?? '.') === import.meta.filename) void run(process.argv[2]);
