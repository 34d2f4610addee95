import { readFileSync } from 'node:fs';
import { lines, type Line } from '../../infra/azure/actions.ts';
import { roleModules, type Modules } from './rolesGranted.ts';
import { linesOf, ownCalls } from './rolesNeeded.ts';
import { kinds, runs, type Kind } from './rolesRuns.ts';

jest.setTimeout(120_000);

const builtIn = ['hostStorage', 'topicSender'];

/** By module: the actions that were needed, with the number of calls. */
const needed = new Map<string, Map<string, number>>();
const used = new Set<Line>();
let recorded = 0;
let modules: Modules;

beforeAll(async () => {
  modules = await roleModules();
  for (const kind of kinds) for (const run of Object.values(runs[kind])) await record(kind, run);
});

async function record(kind: Kind, run: (typeof runs)[Kind][string]): Promise<void> {
  const calls = ownCalls(await run());
  recorded += calls.length;
  for (const line of calls.flatMap(linesOf)) {
    used.add(line);
    need(line.role ?? kind, line.action);
    if (line.policy) need('vaultPolicies', line.policy);
  }
}

function need(role: string, action: string): void {
  const counts = needed.get(role) ?? new Map<string, number>();
  needed.set(role, counts.set(action, (counts.get(action) ?? 0) + 1));
}

/** Lists missing and additional actions of a module. */
function difference(name: string, text?: string) {
  const [wanted, given] = [[...(needed.get(name)?.keys() ?? [])], modules.granted(name, text)];
  return {
    missing: wanted.filter((action) => !given.includes(action)),
    extra: given.filter((action) => !wanted.includes(action)),
  };
}

function ownModules(): readonly string[] {
  return modules.names.filter((name) => !builtIn.includes(name));
}

test('every module grants exactly what the calls of the runs need', () => {
  const table = ownModules().map((name) => ({ name, granted: modules.granted(name).length, ...difference(name) }));
  const list = [...needed].flatMap(([name, counts]) =>
    [...counts].map(([action, calls]) => `${name}: ${action} (${calls})`),
  );
  console.log([`${recorded} calls of the app's own identity`, ...list.sort()].join('\n'));
  expect(table.filter(({ missing, extra }) => missing.length + extra.length > 0)).toEqual([]);
  expect([...needed.keys()].sort()).toEqual([...ownModules(), 'topicSender'].sort());
});

test('a missing or an additional action in a module is found', () => {
  const missed = ownModules().flatMap((name) => modules.granted(name).map((action) => without(name, action)));
  expect(missed.filter(({ action, missing }) => missing.join() !== action)).toEqual([]);
  const text = modules.text('batch-key').replace(/actions: \[/, "$&\n      'Microsoft.Batch/batchAccounts/write'");
  expect(difference('batch-key', text).extra).toEqual(['Microsoft.Batch/batchAccounts/write']);
});

/** The module without one of its actions. */
function without(name: string, action: string) {
  const text = modules.text(name);
  const [list = '', permission] = action.split('/');
  const isPolicy = name === 'vaultPolicies';
  const start = isPolicy ? text.indexOf(`var ${list} =`) : 0;
  const line = new RegExp(`^ +'${(isPolicy ? permission : action) ?? ''}'$`, 'm');
  return { action, ...difference(name, text.slice(0, start) + text.slice(start).replace(line, '')) };
}

test('the actions of a module reach the definition of its role', () => {
  const passedOn = ['definition', 'role', 'vaultRole'].map((name) => modules.text(`assign/${name}`));
  expect(passedOn.map((text) => text.match(/^ +(\w+): \1$/gm)?.map((line) => line.trim()))).toEqual([
    expect.arrayContaining(['actions: actions', 'dataActions: dataActions']),
    expect.arrayContaining(['actions: actions']),
    expect.arrayContaining(['actions: actions', 'dataActions: dataActions']),
  ]);
});

test('every action on a secret but the list has a condition on the prefix of names', () => {
  const conditions = [...modules.text('vaultSecrets').matchAll(/ActionMatches\{'(.+)'\}/g)].map(([, action]) => action);
  const listing = 'Microsoft.KeyVault/vaults/secrets/readMetadata/action';
  expect([...conditions, listing].sort()).toEqual([...modules.granted('vaultSecrets')].sort());
});

test('no module of ours has a wildcard or a right to delete', () => {
  const all = ownModules().flatMap((name) => modules.granted(name));
  expect(all.filter((action) => /\*|delete|purge|\/all$/i.test(action))).toEqual([]);
});

test('the two modules with roles of Azure name them', () => {
  expect(modules.text('hostStorage')).toContain('b7e6dc6d-f1e8-4753-8033-0f276bb0955b');
  expect(modules.text('topicSender')).toContain('d5a91429-5739-47e2-a06b-3470a27159e7');
});

test('every line of the table is used and documented', () => {
  expect(lines.filter((line) => !used.has(line))).toEqual([]);
  const document = readFileSync('docs/roles.md', 'utf8').replace(/ +/g, ' ');
  const rows = lines.map(({ operation, action }) => `| \`${operation}\` | \`${action}\` |`);
  expect(rows.filter((row) => !document.includes(row))).toEqual([]);
});
