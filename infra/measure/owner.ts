import { join } from 'node:path';
import ts from 'typescript';
import { descendants, type Source } from './sources.ts';

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  strict: true,
  skipLibCheck: true,
};

/**
 * Counts by types what each file of lib does with the owner of a visit: calls from elsewhere of a function or method
 * that is declared in the owner's file, and assignments (or `delete`) to properties that are declared there.
 */
export function measureOwner(repo: string, lib: readonly Source[], owners: readonly string[]) {
  const paths = lib.map(({ path }) => join(repo, path));
  const program = ts.createProgram(paths, options);
  const checker = program.getTypeChecker();
  const isOwned = (node: ts.Node | undefined) => owners.some((path) => node?.getSourceFile().fileName.endsWith(path));
  const rows = lib.map(({ path }) => {
    const file = program.getSourceFile(join(repo, path));
    const nodes = file ? descendants(file) : [];
    const calls = nodes.filter(ts.isCallExpression).map((node) => checker.getResolvedSignature(node)?.declaration);
    const assigned = nodes.flatMap(assignedProperty).map((node) => checker.getSymbolAtLocation(node.name));
    const callSites = owners.includes(path) ? 0 : calls.filter(isOwned).length;
    return { path, callSites, assignments: assigned.filter((one) => isOwned(one?.valueDeclaration)).length };
  });
  const counted = rows.filter(({ callSites, assignments }) => callSites + assignments > 0);
  const sum = (name: 'callSites' | 'assignments') => rows.reduce((all, row) => all + row[name], 0);
  const all = { path: 'all', callSites: sum('callSites'), assignments: sum('assignments') };
  return { [`Uses of ${owners.join(', ')} in the source`]: [...counted, all] };
}

function assignedProperty(node: ts.Node): readonly ts.PropertyAccessExpression[] {
  const isAssignment =
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;
  const target = isAssignment ? node.left : ts.isDeleteExpression(node) ? node.expression : undefined;
  return target && ts.isPropertyAccessExpression(target) ? [target] : [];
}
