import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { descendants, nameOf, parse } from './sources.ts';

/** A function of the checkout while it runs. */
export interface Frame {
  /** Below the checkout. */
  readonly path: string;
  /** Its own name, then those of the functions around it. */
  readonly names: readonly string[];
  readonly caller: Frame | undefined;
}

const frames = new AsyncLocalStorage<Frame>();

/**
 * Calls `watch` at each call of a function in the checkout's modules, if they are imported from now on. `Error.stack`
 * would lose the callers before a timer or a `new Promise`, as p-map makes one. So each function's body is wrapped when
 * its module is loaded, and an asynchronous context remembers the caller. Generators, constructors and accessors are
 * not wrapped.
 */
export function traceCalls(repo: string, watch: (frame: Frame, argument: unknown) => void): void {
  const enterFunction = <T>(path: string, names: readonly string[], argument: unknown, body: () => T): T => {
    const frame = { path, names, caller: frames.getStore() };
    watch(frame, argument);
    return frames.run(frame, body);
  };
  Object.assign(globalThis, { enterFunction });
  registerHooks({
    load(url, context, nextLoad) {
      const path = url.startsWith('file:') ? relative(repo, fileURLToPath(url)) : '..';
      if (!path.endsWith('.ts') || /^\.\.|node_modules/.test(path)) return nextLoad(url, context);
      const source = wrapFunctions(path, readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

function wrapFunctions(path: string, text: string): string {
  const insertions = descendants(parse(path, text).tree).flatMap((node) => wrapping(path, node));
  let wrapped = text;
  for (const { at, added } of insertions.toSorted((a, b) => b.at - a.at)) {
    wrapped = wrapped.slice(0, at) + added + wrapped.slice(at);
  }
  return wrapped;
}

function wrapping(path: string, node: ts.Node): readonly { at: number; added: string }[] {
  if (!isTraced(node) || !node.body) return [];
  const { body, modifiers, parameters } = node;
  const isAsync = modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const first = parameters[0]?.name;
  const argument = first && ts.isIdentifier(first) ? first.text : 'undefined';
  const call = `enterFunction(${JSON.stringify(path)}, ${JSON.stringify(namesOf(node))}, ${argument}, `;
  const open = `${call}${isAsync ? 'async ' : ''}() => `;
  return ts.isBlock(body)
    ? [
        { at: body.getStart() + 1, added: ` return ${open}{` },
        { at: body.end - 1, added: '})' },
      ]
    : [
        { at: body.getStart(), added: `${open}(` },
        { at: body.end, added: '))' },
      ];
}

function isTraced(node: ts.Node): node is ts.FunctionDeclaration | ts.MethodDeclaration | ts.ArrowFunction {
  if (ts.isArrowFunction(node)) return true;
  return (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && !node.asteriskToken;
}

function namesOf(node: ts.Node | undefined): readonly string[] {
  return node && ts.isFunctionLike(node)
    ? [nameOf(node), ...namesOf(ts.findAncestor(node.parent, ts.isFunctionLike))]
    : [];
}
