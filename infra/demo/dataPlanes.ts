import { SignJWT } from 'jose';
import { createHmac } from 'node:crypto';
import type { BatchAccount, SignalRService } from '../azure-emulator/src/index.ts';

/** Asks a Batch account for its jobs as any consumer with a shared key does. */
export async function callBatch({ name, authority }: BatchAccount, key: string): Promise<Response> {
  const date = new Date().toUTCString();
  const signed = `GET${'\n'.repeat(12)}ocp-date:${date}\n/${name}/jobs\napi-version:2024-07-01.20.0`;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64');
  return fetch(`https://${authority}/jobs?api-version=2024-07-01.20.0`, {
    headers: { 'ocp-date': date, authorization: `SharedKey ${name}:${signature}` },
  });
}

/** Sends a message to everybody on a hub as an application server does. */
export async function callSignalR({ authority }: SignalRService, key: string): Promise<Response> {
  const url = `https://${authority}/api/hubs/demo/:send`;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(url)
    .setExpirationTime('1m')
    .sign(Buffer.from(key, 'utf8'));
  return fetch(`${url}?api-version=2022-06-01`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ target: 'tick', arguments: [] }),
  });
}
