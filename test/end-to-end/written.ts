import type { Call } from '../../infra/azure-emulator/src/index.ts';
import type { Written } from './leaks.ts';
import type { Run } from './run.ts';
import { blobsIn, containerOf } from './storage.ts';

/** Everything that the app's process wrote: output, tags, blobs, and the part of requests that proxies keep. */
export async function writtenBy(run: Run): Promise<Written> {
  const calls = run.environment.azure.core.journal.calls;
  const tags = calls.filter(({ operation }) => operation === 'setSecret' || operation === 'updateSecret');
  const blobs = await Promise.all(
    ['keyturn-leases', 'keyturn-claims'].map(async (name) => blobsIn(await containerOf(run, name))),
  );
  return [
    ...run.lines.map((line) => ['output', line] as const),
    ...tags.map((call) => ['tags', tagsIn(call)] as const),
    ...blobs.flat().map((blob) => ['blob', JSON.stringify(blob)] as const),
    ...calls.map((call) => ['request', openPartOf(call)] as const),
  ];
}

/** Leaves the value out, which belongs there. */
function tagsIn({ request }: Call): string {
  const { value: _, ...others } = JSON.parse(request.body) as Record<string, unknown>;
  return JSON.stringify(others);
}

function openPartOf({ path, query, request }: Call): string {
  const { authorization: _, 'x-identity-header': __, ...headers } = request.headers;
  return `${path}${query} ${JSON.stringify(headers)}`;
}

export async function writtenIn(response: Response): Promise<string> {
  return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
}
