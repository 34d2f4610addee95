import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Mutant } from './mutant.ts';

const root = join(import.meta.dirname, '..', '..');
const apart: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'coverage']);
const jest = 'node_modules/jest/bin/jest.js';
const longestMs = 8 * 60_000;

/** A copy of the project that may be broken. */
export interface Tree {
  /** Answers what is wrong with the edit, if it cannot be made. */
  edit(mutant: Mutant): Promise<string | undefined>;
  undo(mutant: Mutant): Promise<void>;
  /** `none`: no test has that name. */
  test(mutant: Mutant): Promise<'passes' | 'fails' | 'none'>;
  /** The first history that breaks, of all or of the one given. */
  brokenHistory(given?: string): Promise<string | undefined>;
  remove(): Promise<void>;
}

export async function tree(): Promise<Tree> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-mutant-'));
  await cp(root, folder, { recursive: true, filter: (path) => !apart.has(basename(path)) });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const whole = new Map<string, string>();
  const runNode = (args: readonly string[]) => run(folder, args);
  return {
    edit: async ({ file, from, to }) => {
      const text = await readFile(join(folder, file), 'utf8');
      whole.set(file, text);
      const times = text.split(from).length - 1;
      if (times !== 1) return `its text stands ${times} times in ${file}`;
      await writeFile(
        join(folder, file),
        text.replace(from, () => to),
      );
      return undefined;
    },
    undo: ({ file }) => writeFile(join(folder, file), whole.get(file) ?? ''),
    test: async ({ test, name }) => {
      const named = name ? ['-t', name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)] : [];
      const { code, stdout } = await runNode([jest, '--silent', '--json', ...named, '--', test]);
      if (code !== 0) return 'fails';
      return /"numPassedTests":0\b/.test(stdout) ? 'none' : 'passes';
    },
    brokenHistory: async (given) => {
      const { code, stdout } = await runNode(['test/mutants/run.ts', '--history', given ?? 'any']);
      return code === 1 && stdout.startsWith('{') ? stdout.trim() : undefined;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function run(cwd: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd,
      timeout: longestMs,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout = '' } = error as { code?: unknown; stdout?: string };
    return { code: typeof code === 'number' ? code : -1, stdout };
  }
}
