import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { format, resolveConfig } from 'prettier';

/*
 * Writes the table of `docs/mutants.md` from the last run of Stryker: for each promise and rule the files that keep it
 * and how many of their mutants a test kills, and the tests that name it.
 */

const root = join(import.meta.dirname, '..', '..');
const page = join(root, 'docs/mutants.md');

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { status: string; killedBy?: string[] }[] }>>;
  readonly testFiles: Readonly<Record<string, { readonly tests: readonly { id: string; name: string }[] }>>;
}
const report = JSON.parse(readFileSync(join(root, 'coverage/mutants.json'), 'utf8')) as Report;
const names = new Map(Object.values(report.testFiles).flatMap(({ tests }) => tests.map(({ id, name }) => [id, name])));
const killers = Object.values(report.files).flatMap(({ mutants }) =>
  mutants.flatMap(({ killedBy = [] }) => killedBy.map((id) => names.get(id) ?? '')),
);

const design = readFileSync(join(root, 'docs/design.md'), 'utf8');
const lib = textsOf('lib/**/*.ts');
const tests = textsOf('{test,infra/*/test}/**/*.ts').filter(({ path }) => !/^test\/(docs|mutation)\//.test(path));

/** `R4 Request in flight`, and what the design says of it. */
const sections = design.split(/^#{2,3} /m).filter((section) => /^(Promise|R)\s?\d/.test(section));

const rows = sections.map((section) => {
  const [heading = ''] = section.split('\n');
  const id = /^(Promise \d+|R\d+)/.exec(heading)?.[0] ?? '';
  const named = new RegExp(`\\b${id}\\b`, 'i');
  const linked = [...section.matchAll(/\]\((\.\.\/lib\/[^)#]+\.ts)\)/g)].map(([, to = '']) =>
    posix.normalize(`docs/${to}`),
  );
  const citing = lib.filter(({ text }) => named.test(text)).map(({ path }) => path);
  const keepers = [...new Set([...linked, ...citing])].toSorted();
  const suites = tests.filter(({ text }) => named.test(text)).map(({ path }) => path);
  const kills = killers.filter((name) => named.test(name)).length;
  return `| ${heading} | ${keepers.map(scored).join('<br>')} | ${kills || ''} | ${grouped(suites)} |`;
});

function textsOf(pattern: string): readonly { readonly path: string; readonly text: string }[] {
  return globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8').replace(/\s*\n\s*(\*|\/\/)?\s*/g, ' ') }));
}

/** `decide/rules 339/350`. A file that talks to a service has no mutants here: the second table is about those. */
function scored(path: string): string {
  const counted = report.files[path]?.mutants.filter(({ status }) => !/Error|Ignored/.test(status)) ?? [];
  const killed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const name = `\`${path.replace(/^lib\/|\.ts$/g, '')}\``;
  return counted.length > 0 ? `${name} ${killed}/${counted.length}` : name;
}

/** Folders with the number of their files. */
function grouped(paths: readonly string[]): string {
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const count = (folder: string) => paths.filter((path) => dirname(path) === folder).length;
  return folders.map((folder) => `\`${folder}\` (${count(folder)})`).join('<br>');
}

const head = [
  '| promise or rule | kept in (mutants killed) | killed by tests of its name | tests that name it |',
  '| - | - | - | - |',
];
const [before = '', after = ''] = readFileSync(page, 'utf8').split(/(?<=<!-- table -->)[^]*?(?=<!-- end -->)/);
const text = [before, '', ...head, ...rows, '', after].join('\n');
writeFileSync(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
