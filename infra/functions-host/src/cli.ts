import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startHost } from './host.ts';

/**
 * Runs the host as a process: `node cli.ts [--folder .] [--port 0] [--schedule '* * * * * *']`.
 * Its environment is the app's settings; HOST_MASTER_KEY, HOST_FUNCTION_KEY and HOST_EVENTGRID_KEY are the access keys.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: process.cwd() },
    port: { type: 'string', default: '0' },
    schedule: { type: 'string' },
  },
});
const host = await startHost({
  folder: values.folder,
  env: process.env,
  port: Number(values.port),
  keys: {
    master: process.env.HOST_MASTER_KEY,
    host: process.env.HOST_FUNCTION_KEY,
    eventGrid: process.env.HOST_EVENTGRID_KEY,
  },
  schedule: values.schedule,
});
console.log(`listening on ${host.url}`);
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
await host.stop();
process.exit(0);
