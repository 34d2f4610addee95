/** `npm run mutants` breaks the pure rooms in small ways, one at a time: a unit test must notice each. */
export default {
  plugins: ['./test/mutation/runner.ts'],
  testRunner: 'pure',
  mutate: [
    'lib/{decide,model,phases,pools,tags}/**/*.ts',
    '!lib/model/reasons/*.ts',
    'lib/announcements/transitions.ts',
    'lib/reconcile/readTarget.ts',
    'lib/stores/claims.ts',
    'lib/triggers/events/{incoming,keyVaultEvent,phaseDue,resourceEvent}.ts',
    'lib/providers/{accessKeys,connectionString,versionedCredential}.ts',
    'lib/providers/certificates/{certificateIdentifier,certificatePolicy,issuance,nodeEvidence}.ts',
    'lib/providers/keys/{keyCredential,keyFitness,keyGrant,keyIdentifier,wantedKey}.ts',
  ],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { reportTests: false, logTests: false, allowColor: false },
  jsonReporter: { fileName: 'coverage/mutants.json' },
  htmlReporter: { fileName: 'coverage/mutants.html' },
  tempDirName: 'coverage/stryker',
  ignorePatterns: ['coverage', 'dist', 'docs'],
};
