import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes what is installed and never read: about a third of `node_modules`. npm runs it after `npm ci`.
 *
 * The installer of `node` hard-links the runtime to `node/bin` and leaves the package it came from, with the headers for
 * native add-ons. The Azure SDKs carry builds for browsers and for React Native beside those for Node. Source
 * maps and the TypeScript that they lead to are for debuggers.
 */
const runtimePackage = 'node_modules/node/node_modules';
const buildElsewhere = /^node_modules\/@(azure|azure-rest|typespec)\/.*\/dist\/(browser|react-native|workerd)$/;
/** Other builds of what is used, messages of TypeScript in other languages, data of regions, slides. */
const neverLoaded = new RegExp(
  `^node_modules/(${[
    'rxjs/(dist/(bundles|esm5|esm)|src)',
    'typescript/lib/[^/]+',
    '@sinclair/typebox/build/esm',
    'tree-sitter-bicep/prebuilds',
    'web-tree-sitter/debug',
    'caniuse-lite/data/regions',
    'js-md4/doc',
    'yaml/browser',
    'lokijs/presentations',
  ].join('|')})$`,
);
const forReaders = /(?<!license|licence|notice)\.md$/i;
const forDebuggers = /\.[cm]?[jt]s\.map$|(?<!\.d|\.d\.\w+)\.[cm]?ts$/;

function trim(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (path === runtimePackage || buildElsewhere.test(path) || neverLoaded.test(path))
        rmSync(path, { recursive: true });
      else trim(path);
    } else if (forDebuggers.test(entry.name) || forReaders.test(entry.name)) rmSync(path);
  }
}

process.chdir(join(import.meta.dirname, '..'));
trim('node_modules');
