import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureOwner } from './owner.ts';
import { measurePackages, measureTimes } from './packages.ts';
import { walkSweep } from './path.ts';
import { measureRooms } from './rooms.ts';
import { isTest, measureLines, measureSources, readSources } from './sources.ts';

type Row = Readonly<Record<string, string | number>>;

/** `npm run measure`: prints the figures of a checkout, whose commit may be an older one than this script's. */
const { values: options } = parseArgs({
  options: {
    repo: { type: 'string', default: join(import.meta.dirname, '../..') },
    emulator: { type: 'string' },
    /** The function that starts the real app on an Azure in this process; a file in test exports it. */
    app: { type: 'string', default: 'createTestApp' },
    /** The file of lib that owns the state of a visit. */
    owner: { type: 'string', default: 'visit.ts' },
    time: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

async function measure(): Promise<Readonly<Record<string, readonly Row[]>>> {
  const repo = resolve(options.repo);
  const sources = readSources(repo);
  const tests = sources.filter(isTest);
  const below = (root: string) => sources.filter((one) => one.path.startsWith(root) && !isTest(one));
  const [lib, infra] = [below('lib/'), below('infra/')];
  const emulators = ['infra/azure-emulator/src', 'infra/azure-emulator', 'infra/local/azure'];
  const emulator = options.emulator ?? emulators.find((path) => existsSync(join(repo, path))) ?? 'infra';
  const owners = lib.map(({ path }) => path).filter((path) => path.endsWith(`/${options.owner}`));
  return {
    ...measureSources({ lib, infra, test: tests }),
    ...measureLines(tests),
    ...measureRooms('lib', lib),
    ...measureRooms(emulator, infra),
    ...measurePackages(repo),
    ...(options.time ? measureTimes(repo, Number(options.runs)) : {}),
    ...measureOwner(repo, lib, owners),
    ...(await walkSweep(repo, tests, options.app, owners)),
  };
}

function print(title: string, rows: readonly Row[]): void {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => String(line[column]).length)));
  console.log(`# ${title}`);
  for (const line of lines) {
    const cells = line.map((cell, i) => String(cell).padEnd(widths[i] ?? 0));
    console.log(cells.join('  ').trimEnd());
  }
  console.log(rows.length === 0 ? 'none\n' : '');
}

const tables = await measure();
if (options.json) console.log(JSON.stringify(tables, undefined, 2));
else for (const [title, rows] of Object.entries(tables)) print(title, rows);
