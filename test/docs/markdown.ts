import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export function document(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

type Row = readonly string[];

/** The rows of the first table under a heading. */
export function tableUnder(text: string, heading: string): readonly Row[] {
  const section = text.split(/^#+ /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return tablesIn(section)[0] ?? [];
}

/** The rows of each table, without its head, as their cells read. */
export function tablesIn(text: string): readonly (readonly Row[])[] {
  const blocks = text.split(/\n{2,}/).filter((block) => block.startsWith('|'));
  return blocks.map((block) => block.trim().split('\n').slice(2).map(cellsIn));
}

function cellsIn(row: string): Row {
  return row
    .slice(1, row.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
}

/** Without code blocks: what looks like a heading or a link there is none. */
function prose(text: string): string {
  return text.replace(/^```[^]*?^```/gm, '');
}

/** Where the links of a page lead, as written. */
export function linksIn(text: string): readonly string[] {
  return [...prose(text).matchAll(/\]\(<?([^)>\s]+)>?\)/g)].flatMap(([, to]) => to ?? []);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsIn(text: string): readonly string[] {
  const headings = [...prose(text).matchAll(/^#{1,6} (.+)$/gm)].flatMap(([, heading]) => heading ?? []);
  const slugs = headings.map(slugOf);
  return slugs.map((slug, i) => {
    const before = slugs.slice(0, i).filter((each) => each === slug).length;
    return before > 0 ? `${slug}-${before}` : slug;
  });
}

function slugOf(heading: string): string {
  const shown = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return shown
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
