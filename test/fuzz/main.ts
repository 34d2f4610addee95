import process from 'node:process';
import { parseArgs } from 'node:util';
import { showProgress } from '../simulation/progress.ts';
import { eventSubjects, fuzz, requestSubjects, type FuzzReport } from './check.ts';

/**
 * `npm run fuzz`: HTTP requests, half of them valid but for one member, and events of each kind that are valid but for
 * one member. Nothing may throw, answer 500, call what is not there, or change anything. Prints the calls that an input
 * costs. An input that is taken wrongly is made short and printed with what runs it again.
 */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '4000' },
    events: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string' },
    path: { type: 'string' },
  },
});

const requestsOfRoute = Math.ceil(Number(values.requests) / requestSubjects.length);
const all = [
  ...requestSubjects.map((subject) => ({ subject, runs: requestsOfRoute })),
  ...eventSubjects.map((subject) => ({ subject, runs: Number(values.events) })),
].filter(({ subject }) => values.only === undefined || subject.name === values.only);

let count = 0;
const total = all.reduce((sum, { runs }) => sum + runs, 0);
console.log(`seed ${values.seed}, ${total} inputs`);
const finish = showProgress('inputs', total, () => count);
console.log(row('', ['inputs', 'calls each', 'most calls', 'storage each'], 'answers; notes'));
const reports: FuzzReport[] = [];
for (const { subject, runs } of all) {
  const report = await fuzz(subject, { seed: Number(values.seed), runs, path: values.path }, () => (count += 1));
  reports.push(report);
  show(report);
}
const broken = reports.filter((report) => report.broken !== undefined);
console.log(`${count} inputs, ${broken.length} violations, ${finish()}`);
process.exitCode = broken.length === 0 ? 0 : 1;

function show({ name, inputs, calls, mostCalls, blobOperations, answers, notes, broken: wrong }: FuzzReport): void {
  const cells = [String(inputs), (calls / inputs).toFixed(2), String(mostCalls), (blobOperations / inputs).toFixed(2)];
  console.log(row(name, cells, `${listOf(answers)}; ${listOf(notes)}`));
  if (wrong !== undefined) console.log(`VIOLATION: ${wrong}`);
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}

function row(name: string, cells: readonly string[], rest: string): string {
  return [name.padEnd(28), ...cells.map((cell) => cell.padStart(13)), '  ', rest].join('');
}
