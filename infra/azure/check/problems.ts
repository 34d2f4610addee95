import { defaultProblems } from './defaults.ts';
import { filterProblems, functionProblems } from './events.ts';
import { hookProblems } from './hook.ts';
import { kindProblems } from './kinds.ts';
import { nameProblems } from './names.ts';
import { syntaxProblems, type Bicep } from './parser.ts';
import type { Project } from './project.ts';
import { givenProblems, moduleProblems, unusedProblems } from './references.ts';
import { settingProblems } from './settings.ts';
import { subscribedIn } from './subscribed.ts';
import { versionProblems } from './versions.ts';
import { timerProblems, wordProblems } from './words.ts';

/** By what was checked. Whatever else is said of a file with an error in its syntax may follow from that. */
export function problemsIn(files: readonly Bicep[], project: Project) {
  const made = subscribedIn(files);
  const main = files.find(({ path }) => path === 'main.bicep');
  return {
    syntax: files.flatMap(syntaxProblems),
    names: files.flatMap(nameProblems),
    modules: [...moduleProblems(files), ...unusedProblems(files)],
    'main.parameters.json': main ? givenProblems(main, project.parameters) : ['there is no main.bicep'],
    'api versions': versionProblems(project.apiVersions, files),
    settings: settingProblems(project.settings, files),
    functions: functionProblems(project.functions, made),
    'event filters': filterProblems(project.subscribed, made),
    'words of alerts': [...wordProblems(project, files), ...timerProblems(project, files)],
    kinds: kindProblems(project.kinds, files),
    hook: main ? hookProblems(project.hook, main) : [],
    defaults: defaultProblems(files),
  } satisfies Record<string, readonly string[]>;
}
