import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fixtureFolder } from './support.ts';

const script = join(import.meta.dirname, '../src/cli.ts');

test('the host as a process prints its address and log lines, and SIGTERM lets what runs end', async () => {
  const folder = await fixtureFolder();
  const env = { ...process.env, EAGER: '0 0 0 1 1 *', HOST_MASTER_KEY: 'm' };
  const child = spawn(process.execPath, [script, '--folder', folder], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    const url = /^listening on (http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) await fetch(`${url}/admin/functions/slow?code=m`, { method: 'POST', body: '{}' });
    if (line.startsWith('slow with')) child.kill('SIGTERM');
  }
  expect(await exited).toEqual([0, null]);
  expect(lines).toContain('slow with ***');
  expect(lines.at(-1)).toBe('slow has ended');
  await rm(folder, { recursive: true });
});
