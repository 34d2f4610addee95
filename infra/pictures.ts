import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { instance } from '@viz-js/viz';

/**
 * Draws the pictures of the documents from their sources: `npm run pictures`. With `--check` it changes nothing, and
 * fails where a picture is not what its source gives.
 */
const project = join(import.meta.dirname, '..');
const viz = await instance();
const pictures = {
  'docs/pictures/rotation.svg': readFileSync(join(project, 'docs/pictures/rotation.dot'), 'utf8'),
  'lib/rooms.svg': roomsOfLib(),
};

const stale: string[] = [];
for (const [path, source] of Object.entries(pictures)) {
  const svg = `${viz.renderString(source, { format: 'svg' }).trim()}\n`;
  if (svg === currentText(path)) continue;
  stale.push(path);
  if (!process.argv.includes('--check')) writeFileSync(join(project, path), svg);
}
if (stale.length > 0) console.log(`Changed: ${stale.join(', ')}`);
if (stale.length > 0 && process.argv.includes('--check')) {
  console.log('Run `npm run pictures`.');
  process.exitCode = 1;
}

function currentText(path: string): string {
  try {
    return readFileSync(join(project, path), 'utf8');
  } catch {
    return '';
  }
}

/**
 * Returns the rooms of lib and their imports, types counted, as dependency-cruiser finds them. An arrow that follows
 * from others is left out: where a imports b and b imports c, a may import c as well.
 */
function roomsOfLib(): string {
  const args = ['--include-only', '^(lib|functions)/', '--collapse', '^(lib/[^/]+|functions)', '--output-type', 'json'];
  const depcruise = join(project, 'node_modules/.bin/depcruise');
  const json = execFileSync(depcruise, ['functions', 'lib', ...args], {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const { modules } = JSON.parse(json) as Cruised;
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const rooms = dependencies.map(({ resolved }) => nameOf(resolved)).filter((name) => name !== nameOf(source));
    imports.set(nameOf(source), new Set(rooms));
  }
  const arrows = [...imports].flatMap(([from, rooms]) =>
    [...rooms].filter((to) => !isImplied(imports, from, to)).map((to) => `  "${from}" -> "${to}"`),
  );
  return `digraph rooms {
  graph [rankdir=TB, bgcolor="white", nodesep=0.25, ranksep=0.45, pad=0.2]
  node [shape=box, style="rounded,filled", fillcolor="#eef4fb", color="#7a98b8", fontname="Helvetica", fontsize=12]
  edge [color="#9aa7b4", arrowsize=0.6]
${arrows.toSorted().join('\n')}
}
`;
}

interface Cruised {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

function isImplied(imports: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const others = [...(imports.get(from) ?? [])].filter((room) => room !== to);
  const reached = new Set(others);
  for (const room of reached) for (const next of imports.get(room) ?? []) if (next !== from) reached.add(next);
  return reached.has(to);
}

function nameOf(path: string): string {
  return path.replace(/^lib\//, '').replace(/\.ts$/, '');
}
