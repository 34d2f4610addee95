import { createRequire } from 'node:module';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Certificates } from './certificates.ts';

export interface Azurite {
  readonly blobServiceUri: string;
  stop(): Promise<void>;
}

const main = createRequire(import.meta.filename).resolve('azurite/dist/src/blob/main.js');
const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'];

/**
 * The storage account: Azurite's blob service as a child process, over TLS, with tokens. `--oauth basic` looks at a
 * token's issuer, audience, `iat`, `nbf` and `exp` (by the machine's clock), not at its signature.
 */
export async function startAzurite({
  certFile,
  keyFile,
}: Pick<Certificates, 'certFile' | 'keyFile'>): Promise<Azurite> {
  const where = ['--blobHost', '127.0.0.1', '--blobPort', '0'];
  const tls = ['--cert', certFile, '--key', keyFile, '--oauth', 'basic'];
  const child = spawn(process.execPath, [main, ...where, ...tls, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const listening = new Promise<string>((resolve) => {
    // The pipe is read to its end: Azurite dies when it cannot write.
    lines.on('line', (line) => {
      const url = /successfully listens on (https:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([listening, exited.then(() => Promise.reject(new Error('Azurite did not start.')))]);
  return {
    blobServiceUri: `${url}/devstoreaccount1`,
    async stop() {
      child.kill();
      await exited;
    },
  };
}
