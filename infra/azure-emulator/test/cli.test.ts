import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

const script = join(import.meta.dirname, '../src/cli.ts');

test('the command prints its addresses, issues tokens, subscribes a webhook and ends on a signal', async () => {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const environment: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [name = '', ...value] = line.split('=');
    environment[name] = value.join('=');
    if (name === 'AzureWebJobsStorage__blobServiceUri') break;
  }
  const query = '?resource=https%3A%2F%2Fvault.azure.net&api-version=2019-08-01';
  const headers = { 'X-IDENTITY-HEADER': environment['IDENTITY_HEADER'] ?? '' };
  const answer = await fetch(`${environment['IDENTITY_ENDPOINT'] ?? ''}${query}`, { headers });
  expect(answer.status).toBe(200);
  const webhook = createServer((request, response) => {
    void json(request).then((body) => {
      const [{ data }] = body as [{ data: { validationCode: string } }];
      response.end(JSON.stringify({ validationResponse: data.validationCode }));
    });
  }).listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  child.stdin.write(`http://127.0.0.1:${(webhook.address() as AddressInfo).port}/?code=key\n`);
  for await (const line of createInterface(child.stderr)) if (line === 'Subscribed.') break;
  webhook.close();
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(Object.keys(environment)).toEqual(
    expect.arrayContaining(['KEY_VAULT_URI', 'ARM_ENDPOINT', 'BATCH_ENDPOINT', 'SIGNALR_ENDPOINT', 'TOPIC_ENDPOINT']),
  );
});

test.each([
  ['--help', 0],
  ['--nonsense', 1],
])('%s prints the usage and no stack trace', (option, code) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, option], { encoding: 'utf8' });
  expect(status).toBe(code);
  expect(stdout + stderr).toMatch(/^Usage: /m);
  expect(stdout + stderr).not.toContain('    at ');
});
