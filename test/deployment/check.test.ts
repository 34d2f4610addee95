import { variablesOf } from '../../infra/azure/check/hook.ts';
import { bicepParser, type Bicep } from '../../infra/azure/check/parser.ts';
import { problemsIn } from '../../infra/azure/check/problems.ts';
import { bicepTexts, project, type Project } from '../../infra/azure/check/project.ts';
import { broken, type Check } from './checkBroken.ts';
import { unsafe } from './checkUnsafe.ts';

let code: Project;
let texts: ReadonlyMap<string, string>;
let parse: (path: string, text: string) => Bicep;
let files: readonly Bicep[];
beforeAll(async () => {
  [code, texts, parse] = await Promise.all([project(), bicepTexts(), bicepParser()]);
  files = [...texts].map(([path, text]) => parse(path, text));
});

/** Replaces a text in every file that has it. */
function replaced(from: string, to: string): readonly Bicep[] {
  const changed = new Map([...texts].filter(([, text]) => text.includes(from)));
  if (changed.size === 0) throw new Error(`No Bicep file has ${from}`);
  return files.map((file) => {
    const text = changed.get(file.path);
    return text === undefined ? file : parse(file.path, text.replaceAll(from, to));
  });
}

test('Bicep and the code agree', () => {
  expect(Object.entries(problemsIn(files, code)).filter(([, all]) => all.length > 0)).toEqual([]);
  expect(files.length).toBeGreaterThan(20);
});

test.each([
  ['events/subscribe.sh', `echo "$ONE \${TWO:-}" "$(dirname "$0")" $ONE`],
  ['events/subscribe.ps1', 'echo $env:ONE "$env:TWO $PSScriptRoot"; exit $LASTEXITCODE'],
] as const)('variables are found in %s', (script, text) => {
  expect(variablesOf(script, text)).toEqual(['ONE', 'TWO']);
});

test.each([...broken, ...unsafe])('the checks report it when %s', (_sentence, check, from, to, report) => {
  expect(problemsIn(replaced(from, to), code)[check].join('\n')).toMatch(report);
});

test.each<[string, Check, (project: Project) => Partial<Project>, RegExp]>([
  [
    'a setting is added',
    'settings',
    ({ settings }) => ({ settings: [...settings, 'KEYTURN_MOOD'] }),
    /^no Bicep file sets KEYTURN_MOOD$/m,
  ],
  [
    'a setting is removed',
    'settings',
    ({ settings }) => ({ settings: settings.filter((name) => name !== 'KEYTURN_WINDOW') }),
    /nothing reads the setting KEYTURN_WINDOW$/m,
  ],
  [
    'a function for events is added',
    'functions',
    ({ functions }) => ({
      functions: [...functions, { name: 'news', bindings: { event: { type: 'eventGridTrigger', direction: 'in' } } }],
    }),
    /no Bicep file subscribes news$/m,
  ],
  [
    'a function is removed',
    'functions',
    ({ functions }) => ({ functions: functions.filter(({ name }) => name !== 'noticeEvents') }),
    /there is no function 'noticeEvents'/,
  ],
  [
    'a subscription is removed',
    'event filters',
    ({ subscribed }) => ({ subscribed: subscribed.slice(1) }),
    /has no \{"name":"keyturn-secrets"/,
  ],
  [
    'a parameter is unknown to main.bicep',
    'main.parameters.json',
    ({ parameters }) => ({ parameters: [...parameters, 'mood'] }),
    /^main\.bicep takes no mood$/m,
  ],
  [
    'a parameter is removed',
    'main.parameters.json',
    ({ parameters }) => ({ parameters: parameters.filter((name) => name !== 'location') }),
    /^main\.bicep needs location$/m,
  ],
  [
    'a kind is added',
    'kinds',
    ({ kinds }) => ({ kinds: [...kinds, 'mood'] }),
    /^types\.bicep offers no mood\nnothing deploys roles\/mood\.bicep where kinds has 'mood'$/m,
  ],
  [
    'a kind is removed',
    'kinds',
    ({ kinds }) => ({ kinds: kinds.slice(1) }),
    /^types\.bicep:.* there is no kind batch-key$/m,
  ],
  [
    'a variable is read in one shell',
    'hook',
    ({ hook }) => ({ hook: { ...hook, 'events/subscribe.sh': [...hook['events/subscribe.sh'], 'OTHER_MOODS'] } }),
    /^events\/subscribe\.ps1 does not read OTHER_MOODS$/,
  ],
  [
    'a variable is read that nothing sets',
    'hook',
    ({ hook }) => ({ hook: { ...hook, 'events/subscribe.ps1': [...hook['events/subscribe.ps1'], 'MOOD'] } }),
    /^events\/subscribe\.ps1: nothing sets MOOD$/m,
  ],
  [
    'a timer is removed',
    'words of alerts',
    ({ functions }) => ({ functions: functions.filter(({ name }) => name !== 'verify') }),
    /^hub\/alerts\.bicep:.* there is no timer verify$/m,
  ],
  [
    'an announcement is removed',
    'words of alerts',
    () => ({ announced: [] }),
    /nothing announces Keyturn\.Rotation\.Held/,
  ],
])('the checks report it when %s in the code alone', (_sentence, check, changed, report) => {
  expect(problemsIn(files, { ...code, ...changed(code) })[check].join('\n')).toMatch(report);
});
