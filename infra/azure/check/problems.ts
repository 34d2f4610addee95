import { filterProblems, functionProblems } from './events.ts';
import { nameProblems } from './names.ts';
import { syntaxProblems, type Bicep } from './parser.ts';
import type { Project } from './project.ts';
import { givenProblems, moduleProblems } from './references.ts';
import { settingProblems } from './settings.ts';
import { subscribedIn } from './subscribed.ts';
import { versionProblems } from './versions.ts';
import { wordProblems } from './words.ts';

/** By what was checked. Whatever else is said of a file with an error in its syntax may follow from that. */
export function problemsIn(files: readonly Bicep[], project: Project) {
  const made = subscribedIn(files);
  const main = files.find(({ path }) => path === 'main.bicep');
  return {
    syntax: files.flatMap(syntaxProblems),
    names: files.flatMap(nameProblems),
    modules: moduleProblems(files),
    'main.parameters.json': main ? givenProblems(main, project.parameters) : ['there is no main.bicep'],
    'api versions': versionProblems(project.apiVersions, files),
    settings: settingProblems(project.settings, files),
    functions: functionProblems(project.functions, made),
    'event filters': filterProblems(project.subscribed, made),
    'words of alerts': wordProblems(project.announced, files),
  } satisfies Record<string, readonly string[]>;
}
