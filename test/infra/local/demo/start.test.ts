import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The whole demo with the bundle that `npm test` builds before. */
async function start(...args: string[]): Promise<{ code: number; output: string }> {
  const script = join(import.meta.dirname, '../../../../infra/local/demo/start.ts');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

test('both targets rotate without one failed call', async () => {
  const { code, output } = await start('--once');
  expect(output).toMatch(/ 0 failed$/m);
  expect(output.match(/COMPLETED/g)).toHaveLength(2);
  expect(code).toBe(0);
}, 60_000);

test('without settle consumers fail, and the demo says so', async () => {
  const { code, output } = await start('--once', '--settle', '0');
  expect(output).toMatch(/^\d+ of \d+ consumer calls failed\.$/m);
  expect(code).toBe(1);
}, 60_000);

test('the app is stopped at a point that is named, and nothing is asked of one that is not', async () => {
  expect((await start('--fail', 'list')).output).toMatch(/^batch-publish:after$/m);
  expect(await start('--fail', 'nowhere')).toMatchObject({ code: 1 });
});
