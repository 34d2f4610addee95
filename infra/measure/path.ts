import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { roomOf } from './rooms.ts';
import type { Source } from './sources.ts';
import { traceCalls, type Frame } from './trace.ts';

/** The part of the test app that plays the sweep. */
interface TestApp {
  newBatch(): Promise<unknown>;
  newSecret(resource: unknown, wanted: { readonly ageDays: number }): void;
  sweep(phase: 'generate'): Promise<void>;
  pass(ms: number): void;
}

const dayMs = 86_400_000;

/**
 * Plays one sweep of a target that was adopted when it was not due, and now is. Shows the calls that lead to each of
 * its tag writes, and counts the calls from other files into the owner of the visit.
 */
export async function walkSweep(repo: string, tests: readonly Source[], appName: string, owners: readonly string[]) {
  const writes: (readonly Step[])[] = [];
  const intoOwner = new Map<string, number>();
  let isWatched = false;
  traceCalls(repo, (frame, argument) => {
    const { caller, path, names } = frame;
    if (!isWatched || !caller) return;
    const call = `${names[0] ?? ''} from ${caller.path}`;
    const isIntoOwner = owners.includes(path) && !owners.includes(caller.path);
    if (isIntoOwner) intoOwner.set(call, (intoOwner.get(call) ?? 0) + 1);
    if (isTagWrite(argument) && !isShipped(frame) && isShipped(caller)) writes.push(stepsTo(caller));
  });
  const app = await createApp(repo, tests, appName);
  app.newSecret(await app.newBatch(), { ageDays: 30 });
  await app.sweep('generate');
  app.pass(31 * dayMs);
  isWatched = true;
  await app.sweep('generate');
  isWatched = false;
  const all = [...intoOwner.values()].reduce((sum, count) => sum + count, 0);
  const counts = [...intoOwner, ['all', all] as const].map(([call, count]) => ({ call, count }));
  return {
    [`Calls into ${owners.join(', ')} in one sweep`]: counts,
    'From functions/generate.ts to a tag write': writes.map(countRooms),
    ...Object.fromEntries(writes.map((steps, i) => [`Calls to tag write ${i + 1}`, steps])),
  };
}

async function createApp(repo: string, tests: readonly Source[], appName: string): Promise<TestApp> {
  const exported = new RegExp(`^export (async )?function ${appName}\\(`, 'm');
  const source = tests.find(({ path, tree }) => path.startsWith('test/') && exported.test(tree.text));
  if (!source) throw new Error(`No file in test exports a function ${appName}: name the right one by --app.`);
  const module = (await import(pathToFileURL(join(repo, source.path)).href)) as Record<string, () => Promise<TestApp>>;
  const create = module[appName];
  if (!create) throw new Error(`${source.path} has no ${appName}.`);
  return create();
}

function isShipped({ path }: Frame): boolean {
  return path.startsWith('lib/');
}

/** A request of the SDK's clients, as the transport receives it. */
function isTagWrite(argument: unknown): boolean {
  const { method, url } = (argument ?? {}) as { method?: unknown; url?: unknown };
  return method === 'PATCH' && typeof url === 'string' && url.includes('/secrets/');
}

/** A call on the way; `again` where its room was entered and left before: by a call, or to call back what it passed. */
interface Step {
  readonly room: string;
  readonly name: string;
  readonly path: string;
  readonly again: '' | 'call' | 'callback';
}

/** The test app calls what the function calls: the function stands in for it. */
function stepsTo(last: Frame): readonly Step[] {
  const calls: Frame[] = [];
  for (let frame: Frame | undefined = last; frame; frame = frame.caller) calls.unshift(frame);
  const first: Frame = { path: 'functions/generate.ts', names: ['handler'], caller: undefined };
  const steps: Step[] = [];
  for (const { path, names } of [first, ...calls.filter(isShipped)]) {
    const room = roomOf('lib', path) ?? 'functions';
    const [name = '', ...around] = names;
    const isAgain = steps.at(-1)?.room !== room && steps.some((step) => step.room === room);
    const isCallback = steps.some((step) => step.path === path && around.includes(step.name));
    steps.push({ room, name, path, again: !isAgain ? '' : isCallback ? 'callback' : 'call' });
  }
  return steps;
}

function countRooms(steps: readonly Step[]) {
  const entered = steps.filter(({ room }, i) => steps[i - 1]?.room !== room);
  const again = entered.filter((step) => step.again !== '');
  const twice = new Set(again.map(({ room }) => room));
  return {
    calls: steps.length,
    rooms: entered.length - again.length,
    entered: entered.length,
    again: again.length,
    'by callback': again.filter((step) => step.again === 'callback').length,
    twice: twice.size,
    'rooms twice': [...twice].join(', '),
  };
}
