import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { document, root } from './markdown.ts';

/** Names by id: `R4` → `request in flight`. Promises are `promise 4`. */
type Names = ReadonlyMap<string, string>;

export interface RuleBook {
  readonly names: Names;
  /** Headings of `docs/design.md` that are neither rules nor promises. */
  readonly sections: ReadonlySet<string>;
  /** Headings of `docs/azure-facts.md`. */
  readonly facts: ReadonlySet<string>;
}

export function ruleBook(): RuleBook {
  const design = headingsIn(document('docs/design.md'));
  const named = design.flatMap((heading) => {
    const [, id, name] = /^(R\d+|Promise \d+) (.+)$/.exec(heading) ?? [];
    return id && name ? [[id.replace('P', 'p'), name.toLowerCase()] as const] : [];
  });
  return {
    names: new Map(named),
    sections: new Set(design.filter((heading) => !/^(R|Promise )\d/.test(heading))),
    facts: new Set(headingsIn(document('docs/azure-facts.md'))),
  };
}

function headingsIn(text: string): readonly string[] {
  return [...text.matchAll(/^##+ (.+)$/gm)].flatMap(([, heading]) => heading ?? []);
}

const folders = ['functions', 'lib', 'infra', 'test', 'docs'];
const extensions = 'ts,cjs,md,bicep,sh,ps1';

/** Paths of everything that may cite the rule book. */
export function citingFiles(): readonly string[] {
  const patterns = [`{${folders.join(',')}}/**/*.{${extensions}}`, '*.md'];
  const found = globSync(patterns, { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path) });
  return found.map((path) => path.replaceAll('\\', '/')).toSorted();
}

/** One file as one line, so that a reference may break over two lines of a comment. */
export function proseOf(path: string): string {
  return joined(readFileSync(join(root, path), 'utf8'));
}

export function joined(text: string): string {
  return text.replace(/\s*\n\s*(?:(?:\*(?!\/)|\/\/+|#)\s)?\s*/g, ' ');
}

/** Code has to write the name beside the id; tests and pages may write the id alone. */
export function needsNames(path: string): boolean {
  return /^(functions|lib|infra)\/.*(?<!\.md)$/.test(path);
}

const cited = /\b(?:R\d{1,2}|promises? \d{1,2})\b/gi;

/** References that lead nowhere, each with the words around it. */
export function unresolved({ names, sections, facts }: RuleBook, text: string, withNames: boolean): readonly string[] {
  const ids = [...text.matchAll(cited)].filter(([word]) => /^[Rp]/.test(word) || /^Promise/.test(word));
  const wrongIds = ids.filter(({ 0: word, index }) => {
    const name = names.get(word.replace(/^Promise/, 'promise'));
    return name === undefined || (withNames && !isNamed(text, index, word, name));
  });
  const wrongFacts = [...text.matchAll(/azure-facts(?!\.md)(?:: ([A-Z][\w ]+))?/g)].filter(
    ([, to]) => !leads(facts, to),
  );
  const wrongSections = [...text.matchAll(/[(;] ?design: ([\w ]+)/g)].filter(([, to]) => !leads(sections, to));
  const retired = [...text.matchAll(/\b(?:PROTOCOL|DESIGN|HOUSE)\b/g)];
  const wrong = [...wrongIds, ...wrongFacts, ...wrongSections, ...retired];
  return wrong.map(({ index }) => text.slice(Math.max(0, index - 30), index + 50));
}

function leads(headings: ReadonlySet<string>, to: string | undefined): boolean {
  return to !== undefined && headings.has(to.trim());
}

/** `(R4, request in flight)`, alone or with others: `(R4, request in flight; promise 2, overlap kept)`. */
function isNamed(text: string, index: number, word: string, name: string): boolean {
  return /[(;] ?$/.test(text.slice(0, index)) && /^[;)]/.test(text.slice(index).replace(`${word}, ${name}`, ''));
}
