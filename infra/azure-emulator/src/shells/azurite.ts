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
const flags = ['--skipApiVersionCheck', '--disableTelemetry', '--silent'];

/** A folder for what it holds, so that it can be stopped and started again, and the port that it had before. */
export interface Kept {
  readonly location: string;
  readonly port?: number;
}

/**
 * Starts the storage account: Azurite's blob service as a child process, over TLS, with tokens. `--oauth basic` checks
 * a token's issuer, audience, `iat`, `nbf` and `exp` (by the machine's clock), but not its signature. It holds everything
 * in memory, unless it is to keep it.
 */
export async function startAzurite(
  { certFile, keyFile }: Pick<Certificates, 'certFile' | 'keyFile'>,
  kept?: Kept,
): Promise<Azurite> {
  const where = ['--blobHost', '127.0.0.1', '--blobPort', String(kept?.port ?? 0)];
  const persistence = kept ? ['--location', kept.location] : ['--inMemoryPersistence'];
  const tls = ['--cert', certFile, '--key', keyFile, '--oauth', 'basic'];
  const child = spawn(process.execPath, [main, ...where, ...persistence, ...tls, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  // The pipe is read to its end: Azurite dies if it cannot write.
  const printed = (text: RegExp) =>
    new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const found = text.exec(line);
        if (found) resolve(found[1] ?? '');
      });
    });
  const listening = printed(/successfully listens on (https:\S+)/);
  const closed = printed(/successfully closed/);
  const url = await Promise.race([listening, exited.then(() => Promise.reject(new Error('Azurite did not start.')))]);
  return {
    blobServiceUri: `${url}/devstoreaccount1`,
    async stop() {
      child.kill();
      // It has saved everything then, and waits for the ends of requests that it no longer answers.
      await Promise.race([closed, exited]);
      child.kill('SIGKILL');
      await exited;
    },
  };
}
