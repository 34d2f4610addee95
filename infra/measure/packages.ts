import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Installed {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  /** A workspace. */
  readonly link?: boolean;
}

/** Counts the packages that npm has installed, by its own list of them, and their space on the disk. */
export function measurePackages(repo: string) {
  const list = readFileSync(join(repo, 'node_modules/.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(list) as { packages: Readonly<Record<string, Installed>> };
  const all = Object.entries(packages).filter(([, { link }]) => !link);
  const shipped = all.filter(([, { dev, devOptional }]) => !dev && !devOptional);
  const counted = new Set<number>();
  const bytes = shipped.map(([path]) => diskBytes(join(repo, path), counted, 'node_modules'));
  const shippedMb = toMb(bytes.reduce((sum, one) => sum + one, 0));
  return {
    node_modules: [
      { which: 'all', packages: all.length, MB: toMb(diskBytes(join(repo, 'node_modules'), new Set())) },
      { which: 'production', packages: shipped.length, MB: shippedMb },
    ],
  };
}

/** As `du` has it: blocks on the disk, and a file with several names once. */
function diskBytes(path: string, counted: Set<number>, without?: string): number {
  const stats = lstatSync(path);
  if (counted.has(stats.ino)) return 0;
  counted.add(stats.ino);
  const names = stats.isDirectory() ? readdirSync(path).filter((name) => name !== without) : [];
  return names.reduce((sum, name) => sum + diskBytes(join(path, name), counted, without), stats.blocks * 512);
}

/** Mebibytes, as `du -m`. */
function toMb(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** Times `npm ci` in a clean clone of the commit, and `npm test` in it. */
export function measureTimes(repo: string, runs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'measure-'));
  try {
    const commit = execFileSync('git', ['-C', repo, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    execFileSync('git', ['clone', '--quiet', '--no-checkout', repo, folder]);
    execFileSync('git', ['-C', folder, 'checkout', '--quiet', '--detach', commit]);
    const commands = ['npm ci', ...Array<string>(runs).fill('npm test')];
    return { [`Times at ${commit}`]: commands.map((command) => timeOf(command, folder)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bash sums up the CPU of the command and of all processes below it that were waited for. */
function timeOf(command: string, cwd: string) {
  console.error(`${command} …`);
  const script = `TIMEFORMAT='%R %U %S'; time ${command} >/dev/null 2>&1`;
  const { stderr, status } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
  return { command, 'wall s': wall, 'CPU s': Math.round(user + system), result: status === 0 ? 'passed' : 'failed' };
}
