import type { HttpResponseInit } from '@azure/functions';
import { loadApp, type App } from '../../infra/functions-host/src/index.ts';

const settings = { KEYTURN_VAULTS: 'https://kv.vault.azure.net', AzureWebJobsStorage__accountName: 'storage' };
const entra = { ...settings, KEYTURN_AUTH: 'entra' };
const routes = { rotations: '/api/rotations', poolDefinition: '/api/pools/definition', notices: '/api/notices' };

function principal(...roles: readonly string[]): string {
  const claims = [...roles.map((val) => ({ typ: 'roles', val })), { typ: 'name', val: 'Anna' }];
  return Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64');
}

/** The status of the answer to an empty body, and the level at which the host lets callers in. */
async function answerOf(env: Record<string, string>, name: keyof typeof routes, header?: string) {
  const app: App = await loadApp(process.cwd(), env);
  const found = app.functions.find(({ metadata }) => metadata.name === name);
  const trigger = Object.values(found?.metadata.bindings ?? {}).find(({ type }) => type === 'httpTrigger');
  const headers = new Headers(header === undefined ? {} : { 'x-ms-client-principal': header });
  const request = { method: 'POST', url: `https://app.example${routes[name]}`, headers, body: null, params: {} };
  const quiet = () => undefined;
  const context = { debug: quiet, info: quiet, warn: quiet, error: quiet, log: quiet };
  const answer = (await found?.handler(request, context)) as HttpResponseInit;
  return [trigger?.['authLevel'], answer.status];
}

describe('R28: with KEYTURN_AUTH=entra a role is asked for', () => {
  test.each<[keyof typeof routes, string, string | undefined, number]>([
    ['rotations', 'function', undefined, 401],
    ['rotations', 'function', principal(), 403],
    ['rotations', 'function', principal('ActionGroupsSecureWebhook'), 403],
    ['rotations', 'function', principal('Rotation.Operator'), 400],
    ['poolDefinition', 'function', undefined, 401],
    ['poolDefinition', 'function', principal('Rotation.Reader'), 403],
    ['poolDefinition', 'function', principal('Rotation.Operator'), 400],
    ['notices', 'anonymous', undefined, 401],
    ['notices', 'anonymous', principal('Rotation.Reader'), 403],
    ['notices', 'anonymous', principal('ActionGroupsSecureWebhook'), 400],
    ['notices', 'anonymous', principal('Rotation.Operator'), 400],
  ])('%s, at level %s, from %j: %d', async (name, level, header, status) => {
    expect(await answerOf(entra, name, header)).toEqual([level, status]);
  });
});

test.each(Object.keys(routes) as (keyof typeof routes)[])(
  'R28: without it %s asks for a function key, and believes no header about a caller',
  async (name) => {
    for (const header of [undefined, principal(), principal('Rotation.Operator')]) {
      expect(await answerOf({ ...settings, WEBSITE_AUTH_ENABLED: 'True' }, name, header)).toEqual(['function', 400]);
    }
  },
);
