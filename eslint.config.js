import tseslint from 'typescript-eslint';

const budget = {
  complexity: ['error', 10],
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
  'max-depth': ['error', 3],
  'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
  'no-console': 'error',
};

/** A wall: files under `from` may not import what matches `not`. */
const wall = (from, not, why, allow = []) => ({
  files: from,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: not, message: why }], paths: allow }] },
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...budget,
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/unbound-method': 'off', // nothing here uses `this` outside a class
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['infra/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  wall(
    ['lib/model/**', 'lib/decide/**', 'lib/pools/**', 'lib/phases/advance.ts', 'lib/tags/tags.ts'],
    '^(@azure|node:(?!crypto|util)|.*/(clients|app|reconcile|sweep|settings)\\.ts$|.*/providers/)',
    'This room is pure: no clients, no environment, no providers. What it needs to know comes in as an argument.',
  ),
  wall(
    ['lib/phases/**', 'lib/targets/**', 'lib/reconcile/reconcile.ts', 'lib/triggers/timers/sweep.ts'],
    '^@azure/(arm|keyvault-(keys|certificates))|providers/(?!(provider|registry)\\.ts$)',
    'Phases and targets know no kind: ask the provider contract.',
  ),
  wall(['functions/**'], '^(?!(@azure/functions$|\\.\\.?/)).*', 'Triggers only translate: the work is in lib/.'),
  wall(['lib/**', 'functions/**'], 'infra/|test/', 'Nothing that ships knows the local Azure or the tests.'),
);
