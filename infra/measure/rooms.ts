import { dirname, join } from 'node:path';
import ts from 'typescript';
import { descendants, type Source } from './sources.ts';

/** An arrow from a room that imports to the room it imports from. */
interface Edge {
  readonly from: string;
  readonly to: string;
  /** Imports of values and of types: an edge of types alone is not there at run time. */
  readonly values: number;
  readonly types: number;
}

/** Returns the room of a file: its folder directly below the root; a loose file is a room of its own. */
export function roomOf(root: string, path: string): string | undefined {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1).replace(/(\/.*|\.ts)$/, '') : undefined;
}

/**
 * Measures the rooms below a root. A cycle is a set of rooms that all reach one another. Upward edges are the fewest
 * edges without which there is no cycle. Floors are the rooms on the longest path that is left without them; with
 * cycles condensed, the rooms of a cycle share one floor.
 */
export function measureRooms(root: string, all: readonly Source[]) {
  const sources = all.filter(({ path }) => roomOf(root, path) !== undefined);
  const rooms = [...new Set(sources.map(({ path }) => roomOf(root, path) ?? ''))];
  const edges = edgesOf(root, sources);
  const values = edges.filter((edge) => edge.values > 0);
  return {
    [`Rooms of ${root}`]: [measureGraph('values, types', rooms, edges), measureGraph('values', rooms, values)],
    [`Cycles of ${root}`]: cyclesOf(rooms, edges).map((cycle) => ({ rooms: cycle.join(', ') })),
    [`Upward edges of ${root}`]: upwardEdges(rooms, edges),
  };
}

function measureGraph(imports: string, rooms: readonly string[], edges: readonly Edge[]) {
  const cycles = cyclesOf(rooms, edges);
  const upward = upwardEdges(rooms, edges);
  const cycleOf = (room: string) => cycles.find((cycle) => cycle.includes(room))?.[0] ?? room;
  const condensed = edges.map((edge) => ({ ...edge, from: cycleOf(edge.from), to: cycleOf(edge.to) }));
  return {
    imports,
    rooms: rooms.length,
    edges: edges.length,
    'types only': edges.filter(({ values }) => values === 0).length,
    floors: countFloors(edges.filter((edge) => !upward.includes(edge))),
    'cycles condensed': countFloors(condensed.filter(({ from, to }) => from !== to)),
    upward: upward.length,
    cycles: cycles.length,
  };
}

function edgesOf(root: string, sources: readonly Source[]): readonly Edge[] {
  const edges = new Map<string, Edge>();
  for (const { path, tree } of sources) {
    const from = roomOf(root, path) ?? '';
    for (const [specifier, isType] of descendants(tree).flatMap(importOf)) {
      const to = specifier.startsWith('.') ? roomOf(root, join(dirname(path), specifier)) : undefined;
      if (to === undefined || to === from) continue;
      const { values, types } = edges.get(`${from} ${to}`) ?? { values: 0, types: 0 };
      edges.set(`${from} ${to}`, { from, to, values: values + (isType ? 0 : 1), types: types + (isType ? 1 : 0) });
    }
  }
  return [...edges.values()];
}

/** An import or an export from another file, or `import(…)` as an expression or as a type. */
function importOf(node: ts.Node): readonly [specifier: string, isType: boolean][] {
  const found = (name: ts.Node | undefined, isType: boolean): [string, boolean][] =>
    name && ts.isStringLiteralLike(name) ? [[name.text, isType]] : [];
  if (ts.isImportDeclaration(node)) return found(node.moduleSpecifier, isTypeImport(node.importClause));
  if (ts.isExportDeclaration(node)) return found(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return found(node.argument.literal, true);
  const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isCall ? found(node.arguments[0], false) : [];
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause?.namedBindings;
  return !clause?.name && !!named && ts.isNamedImports(named) && named.elements.every((one) => one.isTypeOnly);
}

function cyclesOf(rooms: readonly string[], edges: readonly Edge[]): readonly (readonly string[])[] {
  const reached = new Map(rooms.map((room) => [room, reachedFrom(room, edges)]));
  const areMutual = (a: string, b: string) => reached.get(a)?.has(b) && reached.get(b)?.has(a);
  const groups = rooms.map((room) => rooms.filter((other) => areMutual(room, other)));
  return groups.filter((group, i) => group.length > 1 && group[0] === rooms[i]);
}

function reachedFrom(room: string, edges: readonly Edge[], reached = new Set<string>()): ReadonlySet<string> {
  for (const { from, to } of edges) {
    if (from !== room || reached.has(to)) continue;
    reached.add(to);
    reachedFrom(to, edges, reached);
  }
  return reached;
}

function countFloors(edges: readonly Edge[]): number {
  const known = new Map<string, number>();
  function below(room: string): number {
    const floors = known.get(room) ?? 1 + Math.max(0, ...edges.filter((e) => e.from === room).map((e) => below(e.to)));
    known.set(room, floors);
    return floors;
  }
  return Math.max(0, ...edges.map(({ from }) => below(from)));
}

/**
 * Tries every room on top and takes the order with the fewest edges up. A room that nothing enters or leaves within
 * the rest lies on no cycle there: it is dropped first, which leaves few orders to try.
 */
function upwardEdges(rooms: readonly string[], all: readonly Edge[], known = new Map<string, readonly Edge[]>()) {
  const key = rooms.join();
  const before = known.get(key);
  if (before) return before;
  const edges = all.filter(({ from, to }) => rooms.includes(from) && rooms.includes(to));
  const without = (room: string): readonly Edge[] =>
    upwardEdges(
      rooms.filter((one) => one !== room),
      edges,
      known,
    );
  const choices = rooms.map((room) => ({ room, up: edges.filter(({ to }) => to === room) }));
  const free = choices.find(({ room, up }) => up.length === 0 || !edges.some(({ from }) => from === room));
  const orders = free ? [without(free.room)] : choices.map(({ room, up }) => [...up, ...without(room)]);
  const fewest = orders.toSorted((a, b) => a.length - b.length)[0] ?? [];
  known.set(key, fewest);
  return fewest;
}
