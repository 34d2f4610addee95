import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** What ships: one CommonJS file, so that a cold start loads one file. */
await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['functions/index.ts'],
  outfile: 'dist/index.cjs',
  bundle: true,
  minify: true,
  keepNames: true,
  sourcemap: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['@azure/functions-core'],
  logLevel: 'warning',
});
