/** `npm run mutants`: breaks the pure rooms in small ways, one at a time; a fast test must notice each. */
export default {
  testRunner: 'pure',
  plugins: ['./test/mutation/runner.ts'],
  mutate: ['lib/{decide,phases,tags}/*.ts'],
  coverageAnalysis: 'perTest',
  ignoreStatic: false,
  concurrency: 2,
  reporters: ['clear-text', 'json', 'html'],
  jsonReporter: { fileName: 'coverage/mutants.json' },
  htmlReporter: { fileName: 'coverage/mutants.html' },
  clearTextReporter: { reportTests: false, reportMutants: true, allowColor: false },
  tempDirName: 'coverage/stryker',
  ignorePatterns: ['coverage', 'dist', 'docs'],
};
