/** The suites that load neither SDK nor server. */
export const suites: readonly string[] = [
  'test/unit/{decide,model,phases,tags}/**/*.test.ts',
  'test/unit/announcements/transitions.test.ts',
  'test/unit/reconcile/readTarget.test.ts',
  'test/unit/stores/claims.test.ts',
  'test/unit/triggers/events/*.test.ts',
  'test/unit/pools/{anyPool,audit,certificateUrl,definition,documented,images,redaction,request,vaultGrants}.test.ts',
  'test/unit/providers/keys/*.test.ts',
  'test/unit/providers/certificates/nodeEvidence.test.ts',
  'test/unit/providers/{accessKeys,connectionString,versionedCredential}.test.ts',
];
