// ES modules without a CommonJS twin.
const esmOnly = [
  'https-proxy-agent',
  'http-proxy-agent',
  'agent-base',
  'proxy-agent-negotiate',
  'jose',
  'p-map',
  'p-timeout',
];

export default {
  testMatch: ['<rootDir>/{test,infra/*/test}/**/*.test.ts'],
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/test/support/transform.cjs' },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  maxWorkers: '100%',
  testTimeout: 120_000,
};
