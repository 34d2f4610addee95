import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';

/** A Bicep file that was parsed, however badly. */
export interface Bicep {
  /** Below infra/azure, with slashes. */
  readonly path: string;
  readonly root: Node;
}

/** The compiler needs .NET; this grammar is WebAssembly and comes with the dev dependencies. */
export async function bicepParser(): Promise<(path: string, text: string) => Bicep> {
  await Parser.init();
  const grammar = createRequire(join(import.meta.dirname, 'parser.ts')).resolve('tree-sitter-bicep/package.json');
  const language = await Language.load(await readFile(join(grammar, '../tree-sitter-bicep.wasm')));
  const parser = new Parser().setLanguage(language);
  return (path, text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error(`${path}: the parser gave nothing.`);
    return { path, root: tree.rootNode };
  };
}

/** Every node that the grammar could make nothing of. */
export function syntaxProblems({ path, root }: Bicep): readonly string[] {
  return nodesIn(root)
    .filter((node) => node.isError || node.isMissing)
    .map((node) => `${at(path, node)}: ${node.isMissing ? `missing ${node.type}` : `unexpected ${start(node)}`}`);
}

/** `file:line:column`, as editors count. */
export function at(path: string, { startPosition }: Node): string {
  return `${path}:${startPosition.row + 1}:${startPosition.column + 1}`;
}

function nodesIn(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(nodesIn)];
}

function start({ text }: Node): string {
  return JSON.stringify(text.slice(0, 40));
}
