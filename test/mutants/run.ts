import process from 'node:process';
import { parseArgs } from 'node:util';
import { firstBroken } from './broken.ts';
import { earlierRules } from './earlierRules.ts';
import { eventRules } from './eventRules.ts';
import { handlers } from './handlers.ts';
import { laterRules } from './laterRules.ts';
import { leaks } from './leaks.ts';
import type { Mutant } from './mutant.ts';
import { promises } from './promises.ts';
import { tree, type Tree } from './tree.ts';
import { versions } from './versions.ts';

/**
 * `npm run mutants`: each promise and each rule is broken once; its test has to notice, and for the heart a history.
 * `--only R1` takes those whose name begins so. With `--history` it is the process in the broken tree that looks for one.
 */
const options = { only: { type: 'string', default: '' }, history: { type: 'string' } } as const;
const { only, history: wanted } = parseArgs({ options }).values;
const mutants = [...promises, ...earlierRules, ...laterRules, ...eventRules, ...handlers, ...versions, ...leaks].filter(
  ({ breaks }) => breaks.startsWith(only),
);
process.exitCode = wanted ? await look(wanted) : await breakAll();

async function look(given: string): Promise<number> {
  const found = await firstBroken(given);
  if (found) console.log(JSON.stringify(found));
  return found ? 1 : 0;
}

async function breakAll(): Promise<number> {
  const copy = await tree();
  try {
    return (await all(copy)) ? 0 : 1;
  } finally {
    await copy.remove();
  }
}

async function all(project: Tree): Promise<boolean> {
  const failing = await failingUnbroken(project);
  if (failing.length > 0) console.log(`Fail or are missing before anything is broken:\n  ${failing.join('\n  ')}`);
  let caught = 0;
  for (const mutant of mutants) {
    const escaped = await escapes(project, mutant);
    if (escaped === undefined) caught += 1;
    const { breaks, file, test, name = '', histories = '' } = mutant;
    const told = histories === true ? 'and a history' : histories;
    console.log([escaped ?? 'caught', breaks, file, test, name, told].join(' | '));
  }
  console.log(`${caught} of ${mutants.length} caught`);
  return mutants.length > 0 && caught === mutants.length && failing.length === 0;
}

/** A test that fails already, or that is not there, can notice nothing. */
async function failingUnbroken(project: Tree): Promise<readonly string[]> {
  const failing: string[] = [];
  for (const mutant of mutants) {
    const { test, name = '' } = mutant;
    if ((await project.test(mutant)) !== 'passes') failing.push(`${test} ${name}`);
  }
  return failing;
}

/** How it escaped; nothing if it was caught. */
async function escapes(project: Tree, mutant: Mutant): Promise<string | undefined> {
  const flaw = await project.edit(mutant);
  if (flaw) return `NOT MADE: ${flaw}`;
  const answer = await project.test(mutant);
  const history = mutant.histories === true ? await project.brokenHistory() : undefined;
  await project.undo(mutant);
  if (answer !== 'fails') return 'ESCAPED its test';
  if (mutant.histories !== true) return undefined;
  if (!history) return 'ESCAPED every history';
  return (await project.brokenHistory(history)) ? `BROKEN without it: ${history}` : undefined;
}
