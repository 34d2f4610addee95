import process from 'node:process';
import { parseArgs } from 'node:util';
import { runWorld } from './authors.ts';

/** `npm run hostile -- --worlds 55`: twenty forged secrets a world, over all kinds. Ends with what was touched. */
const { values } = parseArgs({ options: { worlds: { type: 'string', default: '55' } } });
const counts = new Map<string, number>();
const touched: string[] = [];
for (let seed = 0; seed < Number(values.worlds); seed += 1) {
  const outcome = await runWorld(seed);
  for (const { kind, isSound } of outcome.forged) {
    const name = `${kind}, ${isSound ? 'all but the right' : 'broken too'}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  touched.push(...outcome.touched.map((each) => `world ${seed}: ${each}`));
}
for (const [name, count] of [...counts].sort()) console.log(`${name.padEnd(40)} ${count}`);
for (const each of touched) console.log(`TOUCHED: ${each}`);
const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
console.log(`${all} forged states, ${touched.length} resources touched that are not theirs`);
process.exit(touched.length === 0 ? 0 : 1);
