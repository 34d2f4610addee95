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

/** Problems by check, each of which runs when it is read. A syntax error in a file may cause problems in other checks. */
export function problemsIn(files: readonly Bicep[], project: Project) {
  const main = files.find(({ path }) => path === 'main.bicep');
  return {
    get syntax() {
      return files.flatMap(syntaxProblems);
    },
    get names() {
      return files.flatMap(nameProblems);
    },
    get modules() {
      return [...moduleProblems(files), ...unusedProblems(files)];
    },
    get 'main.parameters.json'() {
      return main ? givenProblems(main, project.parameters) : ['there is no main.bicep'];
    },
    get 'api versions'() {
      return versionProblems(project.apiVersions, files);
    },
    get settings() {
      return settingProblems(project.settings, files);
    },
    get functions() {
      return functionProblems(project.functions, subscribedIn(files));
    },
    get 'event filters'() {
      return filterProblems(project.subscribed, subscribedIn(files));
    },
    get 'words of alerts'() {
      return [...wordProblems(project, files), ...timerProblems(project, files)];
    },
    get kinds() {
      return kindProblems(project.kinds, files);
    },
    get hook() {
      return main ? hookProblems(project.hook, main) : [];
    },
    get defaults() {
      return defaultProblems(files);
    },
  } satisfies Record<string, readonly string[]>;
}
