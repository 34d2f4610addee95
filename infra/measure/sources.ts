import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** Below the repository. */
  readonly path: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
}

/** Returns every TypeScript file of a checkout, committed or not, without those that git ignores. */
export function readSources(repo: string): readonly Source[] {
  const options = ['-C', repo, 'ls-files', '--cached', '--others', '--exclude-standard', '*.ts'];
  const paths = new Set(execFileSync('git', options, { encoding: 'utf8' }).trim().split('\n'));
  const present = [...paths].filter((path) => existsSync(join(repo, path)));
  return present.map((path) => parse(path, readFileSync(join(repo, path), 'utf8')));
}

export function parse(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  return { path, lines: text.split('\n').length - 1, tree };
}

/** A package below infra keeps its own tests: they count as test, not as infra. */
export function isTest({ path }: Source): boolean {
  return path.split('/').includes('test') || path.endsWith('.test.ts');
}

export function measureSources(groups: Readonly<Record<string, readonly Source[]>>) {
  const measured = Object.entries(groups).map(([group, sources]) => {
    return { group, sources, functions: sources.flatMap(functionsOf).toSorted((a, b) => a.lines - b.lines) };
  });
  const sizes = measured.map(({ group, sources, functions }) => {
    const at = (share: number) => functions[Math.ceil(share * functions.length) - 1]?.lines ?? 0;
    const lengths = { functions: functions.length, median: at(0.5), p90: at(0.9), max: at(1) };
    return { group, files: sources.length, lines: countLines(sources), ...lengths };
  });
  const longest = measured.flatMap(({ group, functions }) => {
    return functions
      .slice(-5)
      .reverse()
      .map((one) => ({ group, ...one }));
  });
  return { 'TypeScript: lines of functions': sizes, 'Longest functions': longest };
}

export function measureLines(tests: readonly Source[]) {
  const isTestFile = ({ path }: Source) => path.endsWith('.test.ts');
  const helpers = countLines(tests.filter((one) => !isTestFile(one)));
  return { 'Lines of test': [{ helpers, 'test files': countLines(tests.filter(isTestFile)) }] };
}

function countLines(sources: readonly Source[]): number {
  return sources.reduce((sum, { lines }) => sum + lines, 0);
}

/** Returns the functions with a block as their body: an arrow function that is one expression is not counted. */
function functionsOf({ path, tree }: Source): readonly { lines: number; name: string; path: string }[] {
  const lineAt = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
  return descendants(tree).flatMap((node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body || !ts.isBlock(node.body)) return [];
    return [{ lines: lineAt(node.end) - lineAt(node.getStart(tree)) + 1, name: nameOf(node), path }];
  });
}

export function descendants(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  ts.forEachChild(node, function add(child): void {
    found.push(child);
    ts.forEachChild(child, add);
  });
  return found;
}

/** An anonymous function is named by the constant or property that holds it, or by the call that receives it. */
export function nameOf(node: ts.SignatureDeclaration): string {
  const { parent } = node;
  if (node.name) return node.name.getText();
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText();
  if (!ts.isCallExpression(parent)) return 'anonymous';
  const [first] = parent.arguments;
  const title = first && ts.isStringLiteralLike(first) ? ` '${first.text}'` : '';
  return `argument of ${/^[\w.]+/.exec(parent.expression.getText())?.[0] ?? 'call'}${title}`;
}
