import { createRequire, isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Runtime from 'jest-runtime';

const require = createRequire(import.meta.url);

/**
 * Loads everything but the test file with Node itself, once for each worker. Jest would load the app, the emulator and
 * the SDKs anew for each file, and run them in its sandbox, where they need a third more CPU. Only for tests that keep
 * nothing in modules: they share them.
 */
export default class SharedRuntime extends Runtime {
  requireModuleOrMock(from, name) {
    if (isBuiltin(name)) return require(name);
    return require(name.startsWith('.') ? resolve(dirname(from), name) : fileURLToPath(import.meta.resolve(name)));
  }
}
