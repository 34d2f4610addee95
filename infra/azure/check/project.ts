import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { assembleServices } from '../../../lib/assemble.ts';
import { settingNames, settingsFrom } from '../../../lib/settings.ts';
import { blobs } from '../../../lib/stores/blobs.ts';
import { loadApp, type FunctionMetadata } from '../../functions-host/src/index.ts';
import { subscriptions } from '../../demo/subscriptions.ts';
import { packInto } from '../../package.ts';
import { variablesOf, type Script } from './hook.ts';
import { ofLocal, type Subscribed } from './subscribed.ts';
import { apiVersions } from './versions.ts';

/** The code that Bicep is compared with. */
export interface Project {
  readonly apiVersions: z.output<typeof apiVersions>;
  readonly settings: readonly string[];
  readonly functions: readonly FunctionMetadata[];
  readonly subscribed: readonly Subscribed[];
  /** Names in main.parameters.json. */
  readonly parameters: readonly string[];
  /** Types of announcements. */
  readonly announced: readonly string[];
  readonly kinds: readonly string[];
  /** Variables that the hook of the second stage reads, by script. */
  readonly hook: Readonly<Record<Script, readonly string[]>>;
}

const azure = join(import.meta.dirname, '..');
const parameterFile = z.object({ parameters: z.record(z.string(), z.unknown()) });

/** By path below infra/azure. */
export async function bicepTexts(): Promise<ReadonlyMap<string, string>> {
  const all = await readdir(azure, { recursive: true });
  const paths = all.filter((path) => path.endsWith('.bicep')).toSorted();
  const read = paths.map(async (path) => [path, await readFile(join(azure, path), 'utf8')] as const);
  return new Map(await Promise.all(read));
}

export async function project(): Promise<Project> {
  const wiring = { endpoint: 'https://app.example/', vaults: ['vault'], subscriptionIds: ['id'], topic: 'topic' };
  const documents = await readdir(join(azure, '../../docs/events'));
  const { parameters } = parameterFile.parse(await json('main.parameters.json'));
  return {
    apiVersions: apiVersions.parse(await json('check/apiVersions.json')),
    settings: settingNames,
    functions: await registered(),
    subscribed: subscriptions(wiring).map(ofLocal),
    parameters: Object.keys(parameters),
    announced: documents.filter((name) => name.endsWith('.json')).map((name) => name.replace(/\.json$/, '')),
    kinds: kinds(),
    hook: {
      'events/subscribe.sh': await readBy('events/subscribe.sh'),
      'events/subscribe.ps1': await readBy('events/subscribe.ps1'),
    },
  };
}

async function json(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(azure, name), 'utf8'));
}

async function readBy(script: Script): Promise<readonly string[]> {
  return variablesOf(script, await readFile(join(azure, script), 'utf8'));
}

/** Of the app's own registry; nothing is called. */
function kinds(): readonly string[] {
  const credential = { getToken: () => Promise.resolve(null) };
  const clock = {
    now: () => new Date(),
    monotonicMs: () => 0,
    after: () => () => undefined,
    sleep: () => Promise.resolve(),
  };
  const { providers: registry } = assembleServices({
    settings: settingsFrom({
      KEYTURN_VAULTS: 'https://name.vault.azure.net',
      AzureWebJobsStorage__accountName: 'name',
    }),
    ...{ clock, credential, http: createDefaultHttpClient() },
    container: (name) => blobs('https://name.blob.core.windows.net', name, credential, clock),
  });
  const types = ['Microsoft.Batch/batchAccounts', 'Microsoft.SignalRService/signalR'];
  return types.flatMap((type) => registry.kindsOf(`/subscriptions/id/resourceGroups/group/providers/${type}/name`));
}

/** As a host would see them, of the package as it ships. */
async function registered(): Promise<readonly FunctionMetadata[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-check-'));
  try {
    await packInto(folder);
    const { functions } = await loadApp(join(folder, 'app'), {});
    return functions.map(({ metadata }) => metadata);
  } finally {
    await rm(folder, { recursive: true });
  }
}
