import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import { loadApp, type App } from '../../infra/functions-host/src/index.ts';

/** Without any setting. */
let unset: App;
/** With settings that let the app start. */
let set: App;

const settings = {
  KEYTURN_VAULTS: 'https://kv.vault.azure.net',
  AzureWebJobsStorage__accountName: 'storage',
};

beforeAll(async () => {
  unset = await loadApp(process.cwd(), { KEYTURN_LEAD: 'AccountKey=a2V5' });
  set = await loadApp(process.cwd(), settings);
});

interface Route {
  readonly name: string;
  readonly methods: readonly string[];
  call(request: object): Promise<HttpResponseInit>;
}

let lines: string[];
beforeEach(() => (lines = []));

function routesOf({ functions }: App): readonly Route[] {
  const write = (text: unknown) => void lines.push(String(text));
  const context = { debug: write, info: write, warn: write, error: write, log: write } as unknown as InvocationContext;
  return functions.flatMap(({ metadata: { name, bindings }, handler }) => {
    const trigger = Object.values(bindings).find(({ type }) => type === 'httpTrigger');
    const call = (request: object) => handler(request, context) as Promise<HttpResponseInit>;
    return trigger ? [{ name, methods: trigger.methods ?? [], call }] : [];
  });
}

/** Paths that the routes serve, with the method for each. */
const served = [
  ['rotations', 'POST', '/api/rotations'],
  ['rotations', 'GET', '/api/rotations/bm9ib2R5'],
  ['notices', 'POST', '/api/notices'],
  ['poolDefinition', 'POST', '/api/pools/definition'],
] as const;

function request(method: string, path: string): object {
  return { method, url: `https://app.example${path}`, headers: new Headers(), body: null, params: {} };
}

test('every HTTP function is in the table', () => {
  expect(new Set(served.map(([name]) => name))).toEqual(new Set(routesOf(set).map(({ name }) => name)));
});

test.each(served)('%s refuses every method but %s, whatever the settings', async (name, allowed, path) => {
  for (const app of [set, unset]) {
    const { methods = [], call } = routesOf(app).find((each) => each.name === name) ?? {};
    for (const method of methods.filter((each) => each !== allowed)) {
      expect(await call?.(request(method, path))).toMatchObject({ status: 405, headers: { Allow: allowed } });
    }
  }
});

test('every route is 503 while a setting is wrong, names the settings and shows no value', async () => {
  for (const [name, method, path] of served) {
    const answer = await routesOf(unset)
      .find((each) => each.name === name)
      ?.call(request(method, path));
    expect(answer).toMatchObject({ status: 503, headers: { 'Content-Type': 'application/problem+json' } });
    expect(answer?.body).toContain('KEYTURN_LEAD');
    expect(answer?.body).not.toContain('AccountKey');
  }
  expect(lines.every((line) => line.includes('bad-settings'))).toBe(true);
});

test('every route answers whatever is thrown, and neither answer nor log repeats it', async () => {
  const hostile = (method: string, url: string): object =>
    new Proxy(
      {},
      {
        get(_target, member) {
          if (member === 'method') return method;
          if (member === 'url') return url;
          throw new Error('AccountKey=a2V5');
        },
      },
    );
  for (const { name, call } of routesOf(set)) {
    for (const [route, method, path] of served) {
      if (route !== name) continue;
      const answer = await call(hostile(method, `https://app.example${path}`));
      const isRead = method === 'GET'; // it reads nothing but its path
      if (!isRead) expect(answer).toMatchObject({ status: 500 });
      expect(answer.body).not.toContain('AccountKey');
    }
    expect(await call(hostile('POST', 'no URL'))).toMatchObject({ status: 500 });
  }
  expect(lines.join()).toContain('"reason":"internal"');
  expect(lines.join()).not.toContain('AccountKey');
});
