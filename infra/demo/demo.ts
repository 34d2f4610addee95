import { rotateByTimers } from './accessKeys.ts';
import { startApp } from './app.ts';
import type { App } from './app.ts';
import { createAppLog } from './appLog.ts';
import type { Print } from './appLog.ts';
import { startConsumers, vaultReaders } from './consumers.ts';
import type { Demo, DemoOptions } from './context.ts';
import { openEnvironment } from './environment.ts';
import { rotateByEvents } from './stories/stories.ts';

/** Runs the demo, and returns what went wrong, if anything. */
export async function runDemo(options: DemoOptions): Promise<string | undefined> {
  const { overlapMs, mode, faults } = options;
  const print = createPrint();
  print('', 'starting a local Azure');
  let app: App | undefined;
  const environment = await openEnvironment({
    ...{ overlapMs, mode },
    onStop({ operation }) {
      print('', `the app is stopped at ${operation} and started again`);
      app?.crash();
    },
  });
  const { azure, vault, targets, settings } = environment;
  const ended = new AbortController();
  const context = { azure, vault, targets, print, log: createAppLog(print), signal: ended.signal };
  // Less than the overlap, so that no call fails. With an overlap of 0 calls do fail.
  const holdMs = 0.6 * (overlapMs || 4_000);
  const readers = targets.flatMap((target) => vaultReaders(context, target, { holdMs, count: 2 }));
  print('', `its vault is ${vault.uri}, its Azure Resource Manager ${azure.armEndpoint}`);
  print('', `${readers.length} consumers call with keys that they hold for ${holdMs / 1_000} s and never retry`);
  print('', `the overlap here is ${overlapMs / 1_000} s (25 h in Azure)`);
  const consumers = startConsumers(readers, ended.signal);
  const demo: Demo = {
    ...{ ...context, options, consumers },
    startApp: (more = {}, schedule) => (app = startApp({ ...settings, ...more }, context.log.add, schedule)),
  };
  const hasStories = mode === 'rotate' && overlapMs > 0 && faults.length === 0;
  try {
    const problem = await Promise.race([
      (hasStories ? rotateByEvents(demo) : rotateByTimers(demo)).catch(String),
      options.interrupted.then(() => 'Interrupted.'),
    ]);
    console.log(`\n${problem ?? 'All is well: every promise is kept.'}`);
    if (!options.isOnce) {
      console.log('Everything stays up until Ctrl-C.');
      await options.interrupted;
    }
    return problem;
  } finally {
    ended.abort();
    await consumers.stop();
    await app?.stop();
    await environment.close();
  }
}

function createPrint(): Print {
  const startMs = Date.now();
  return (about, sentence) => {
    const seconds = ((Date.now() - startMs) / 1_000).toFixed(1).padStart(6);
    console.log(`${seconds} s  ${about.padEnd(18)}  ${sentence}`);
  };
}
