import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * Finds words that this project does not use, in names, comments and documents: `node infra/lint/words.ts [PATH …]`.
 *
 * A name is split into its words: `settleMs` is `settle` and `ms`. Strings count as prose. Add a word here when a better
 * one replaces it, so that it does not come back.
 */
interface Word {
  readonly out: RegExp;
  readonly instead: string;
  /** Where it is out. Absent = everywhere. */
  readonly only?: 'names' | 'prose';
  /** Lines that may have it. */
  readonly except?: RegExp;
}

const words: readonly Word[] = [
  { out: /\bsettl(e|es|ed|ing)\b/i, instead: 'overlap', except: /Rotation\W?Settle|KEYTURN\W?SETTLE|all\s?Settled/ },
  { out: /\b(wish|wishes|wished)\b/i, instead: 'option' },
  { out: /\bsightings?\b/i, instead: 'listed target' },
  { out: /(?<!in[ -])\bflights?\b/i, instead: 'request in flight', except: /in\s*flight/i },
  { out: /\b(nobody|somebody|whoever|whomever)\b/i, instead: 'the person or program that acts' },
  { out: /\btold\b/i, instead: 'announced, logged, reported' },
  {
    out: /^\W*(who|what|whatever) [^?]*\b(is|are|has|have|stays|goes)\b[^?]*$/i,
    instead: 'a noun as the subject',
    only: 'prose',
  },
  { out: /\b(a|the|each|every|one|second|next|no|another|first|this) looks?\b/i, instead: 'inspection', only: 'prose' },
  {
    out: /\b(shelf|shelves|chores?|toll|agenda)\b/i,
    instead: 'versioned store, scheduled tasks, rate limit, scheduler',
  },
  {
    out: /\b(town|scene|wired|hands|eyes|sighted|seer|desk|bring|gone|misread)\b/i,
    instead: 'the field’s noun',
    only: 'names',
  },
  {
    out: /\b(bond|spare|voice|quiet core|means)\b/i,
    instead: 'StateBinding, RevocableCredential, Reporter, deps',
    only: 'names',
  },
  { out: /\bgo on\b/i, instead: 'run, continue', only: 'names' },
  { out: /^failure$/i, instead: 'OperationError', only: 'names' },
];

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly word: string;
  readonly instead: string;
}

/** Lists the words of a file that are out. `text` is TypeScript, JavaScript or Markdown. */
export function wordsOutIn(path: string, text: string): readonly Finding[] {
  if (path.endsWith('.md')) return findIn(path, text, 0, 'prose');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Finding[] = [];
  const seenComments = new Set<number>();
  visit(file);
  return found;

  function visit(node: ts.Node): void {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.pos) ?? []) comment(pos, end);
    for (const { pos, end } of ts.getTrailingCommentRanges(text, node.end) ?? []) comment(pos, end);
    found.push(...findInNode(node));
    ts.forEachChild(node, visit);
  }

  function findInNode(node: ts.Node): readonly Finding[] {
    const line = lineOf(node.getStart(file));
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return findIn(path, split(node.text), line, 'names');
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    return isText && /\s/.test(node.text) ? findIn(path, node.text, line, 'prose') : [];
  }

  function comment(pos: number, end: number): void {
    if (seenComments.has(pos)) return;
    seenComments.add(pos);
    found.push(...findIn(path, text.slice(pos, end), lineOf(pos), 'prose'));
  }

  function lineOf(position: number): number {
    return file.getLineAndCharacterOfPosition(position).line;
  }
}

function split(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/[_#]/g, ' ');
}

function findIn(path: string, text: string, firstLine: number, where: 'names' | 'prose'): readonly Finding[] {
  return text.split('\n').flatMap((line, index) =>
    words.flatMap(({ out, instead, only, except }) => {
      const word = only === undefined || only === where ? out.exec(line)?.[0] : undefined;
      return word === undefined || except?.test(line) ? [] : [{ path, line: firstLine + index + 1, word, instead }];
    }),
  );
}

if (import.meta.main) {
  const paths = process.argv.slice(2);
  const listed = execFileSync('git', ['ls-files', '--', ...paths], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const files = listed.filter((path) => /\.(ts|js|cjs|mjs|md)$/.test(path) && path !== 'infra/lint/words.ts');
  const findings = files.flatMap((path) => wordsOutIn(path, readFileSync(path, 'utf8')));
  for (const { path, line, word, instead } of findings) console.log(`${path}:${line}: "${word}": ${instead}`);
  console.log(`${files.length} files, ${findings.length} words that are out`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
