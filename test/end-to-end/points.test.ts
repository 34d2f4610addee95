import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const start = join(import.meta.dirname, '../../infra/demo/start.ts');

/** Points at which the app is stopped take more than a minute each: its lease on the resource has to run out. */
test.concurrent.each(['batch-publish:lost', 'signalr-publish:lost'])(
  'the demo ends well though it is struck at %s',
  async (point) => {
    const args = [start, '--once', '--settle', '5', '--fail', point];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain(' 0 failed');
  },
  120_000,
);
