import { bicepParser } from './parser.ts';
import { problemsIn } from './problems.ts';
import { bicepTexts, project } from './project.ts';

const parse = await bicepParser();
const files = [...(await bicepTexts())].map(([path, text]) => parse(path, text));
const problems = Object.entries(problemsIn(files, await project()));
for (const [what, found] of problems) {
  console.log(`${what}: ${found.length === 0 ? 'well' : `${found.length} problem(s)`}`);
  for (const problem of found) console.log(`  ${problem}`);
}
const count = problems.flatMap(([, found]) => found).length;
console.log(`infra/azure: ${files.length} Bicep files, ${count} problem(s)`);
process.exitCode = count > 0 ? 1 : 0;
