import { build } from 'esbuild';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes a function app into a temporary folder, with this code as its entry. */
export async function appFolder(code: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-host-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ main: 'index.cjs' }));
  await writeFile(join(folder, 'host.json'), JSON.stringify({ version: '2.0' }));
  await writeFile(join(folder, 'index.cjs'), code);
  return folder;
}

/** Bundles `fixtureApp.ts`, as the real app is bundled, into a temporary folder. */
export async function fixtureFolder(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'fixtureApp.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['@azure/functions-core'],
  });
  return appFolder(outputFiles[0]?.text ?? '');
}
