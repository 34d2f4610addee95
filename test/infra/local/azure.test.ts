import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const script = join(import.meta.dirname, '../../../infra/local/azure.ts');

test('started alone it prints how to reach it, gives out tokens, and ends by a signal', async () => {
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const environment: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [name = '', ...value] = line.split('=');
    environment[name] = value.join('=');
    if (name === 'NODE_EXTRA_CA_CERTS') break;
  }
  const query = '?resource=https%3A%2F%2Fvault.azure.net&api-version=2019-08-01';
  const headers = { 'X-IDENTITY-HEADER': environment['IDENTITY_HEADER'] ?? '' };
  const answer = await fetch(`${environment['IDENTITY_ENDPOINT'] ?? ''}${query}`, { headers });
  expect(answer.status).toBe(200);
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(Object.keys(environment)).toEqual(
    expect.arrayContaining(['KEY_VAULT_URI', 'ARM_ENDPOINT', 'BATCH_ENDPOINT', 'SIGNALR_ENDPOINT']),
  );
});
