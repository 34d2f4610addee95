// ES modules without a CommonJS twin.
const esmOnly = ['https-proxy-agent', 'http-proxy-agent', 'agent-base', 'proxy-agent-negotiate', 'jose', 'p-map'];

const common = {
  rootDir: import.meta.dirname,
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/test/support/transform.cjs' },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

/** Tests that start the whole app share its modules. */
const sharing = ['scenarios', 'docs', 'deployment'];

export default {
  projects: [
    {
      ...common,
      testMatch: ['<rootDir>/{test,infra/*/test}/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', `<rootDir>/test/(${sharing.join('|')})/`],
    },
    {
      ...common,
      testMatch: [`<rootDir>/test/{${sharing.join(',')}}/**/*.test.ts`],
      runtime: '<rootDir>/test/support/sharedRuntime.mjs',
      testEnvironment: '<rootDir>/test/support/sharedEnvironment.cjs',
    },
  ],
  maxWorkers: '100%',
  testTimeout: 120_000,
};
