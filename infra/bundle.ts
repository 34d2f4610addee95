import { join } from 'node:path';
import { build } from 'esbuild';

/** What ships: one CommonJS file, so that a cold start loads one file. */
export async function bundle(outfile: string, sourcemap: boolean): Promise<void> {
  await build({
    absWorkingDir: join(import.meta.dirname, '..'),
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
