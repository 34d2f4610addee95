import { reporter } from '../../lib/announcements/log.ts';
import { keyturn } from '../../lib/app.ts';
import { hour } from '../../lib/model/clock.ts';
import { createTestApp } from './createTestApp.ts';

export interface LogLine {
  readonly level: string;
  /** Without `Keyturn.`. */
  readonly type: string;
  readonly bytes: number;
}

/** Runs one rotation in which nothing goes wrong, by timers alone. Returns what the app logs, with its levels. */
export async function logOfQuietRotation(): Promise<readonly LogLine[]> {
  const app = await createTestApp();
  app.newSecret(await app.newBatch());
  const lines: LogLine[] = [];
  const write = (text: string, level: string) => {
    const { type } = JSON.parse(text) as { type: string };
    lines.push({ level, type: type.replace('Keyturn.', ''), bytes: Buffer.byteLength(text) });
  };
  app.keyturn = keyturn({ ...app.services, ...reporter(write, app.services) }, new Map());
  await app.runTimers(3 * hour);
  return lines;
}
