const { TestEnvironment } = require('jest-environment-node');

const builtIns = [
  'Array',
  'ArrayBuffer',
  'Buffer',
  'Date',
  'Error',
  'Map',
  'Object',
  'Promise',
  'RangeError',
  'RegExp',
];
builtIns.push('Set', 'Symbol', 'SyntaxError', 'TypeError', 'Uint8Array', 'URL', 'WeakMap');
const testGlobals = ['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'test'];

/** A sandbox with the built-ins of the process, whose modules see the globals of the test file that runs. */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of builtIns) this.global[name] = globalThis[name];
  }

  handleTestEvent({ name }) {
    if (name !== 'setup') return;
    for (const each of testGlobals) globalThis[each] = this.global[each];
  }
};
