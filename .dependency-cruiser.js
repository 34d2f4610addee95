/**
 * The layers of lib, from the ground up. A layer may import the layers before it, and nothing else in lib; rooms of one
 * layer do not import each other.
 */
const layers = [
  ['model'],
  ['decide', 'pools', 'tags'],
  ['azure'],
  ['stores'],
  ['providers'],
  ['phases'],
  ['consumers'],
  ['announcements'],
  ['reconcile'],
  ['triggers'],
];

const room = (name) => `^lib/${name}/`;

const upward = layers.flatMap((rooms, index) =>
  rooms.map((name) => ({
    name: `${name}-imports-only-what-stands-below`,
    severity: 'error',
    from: { path: room(name) },
    to: {
      path: [
        ...[...layers.slice(index + 1).flat(), ...rooms.filter((other) => other !== name)].map(room),
        '^lib/[^/]+$', // app, assemble and settings stand above every room
      ],
    },
  })),
);

export default {
  forbidden: [
    ...upward,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-rooms-stay-pure',
      comment: 'No clients, no environment: time and randomness come in as arguments.',
      severity: 'error',
      from: { path: '^lib/(model|decide|pools|tags)/' },
      to: {
        dependencyTypes: ['npm', 'core'],
        dependencyTypesNot: ['type-only'],
        pathNot: ['node_modules/(luxon|@types/luxon|zod)/', '^(node:)?(crypto|util)$'],
      },
    },
    {
      name: 'phases-see-providers-by-type',
      severity: 'error',
      from: { path: '^lib/phases/' },
      to: { path: '^lib/(azure|stores|providers/(?!provider\\.ts$))' },
    },
    {
      name: 'kinds-are-known-to-providers-only',
      comment: 'Everything else asks the provider contract.',
      severity: 'error',
      from: { path: '^lib/(decide|tags|phases|announcements|reconcile|triggers/(timers|events|notices))/' },
      to: { path: '^lib/providers/(?!(provider|registry)\\.ts$)|node_modules/@azure/(arm|keyvault)' },
    },
    {
      name: 'functions-only-register',
      severity: 'error',
      from: { path: '^functions/' },
      to: { pathNot: ['^functions/', '^lib/app\\.ts$', 'node_modules/@azure/functions/'] },
    },
    {
      name: 'nothing-that-ships-knows-infra-or-test',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { path: '^(infra|test)/' },
    },
    {
      name: 'packages-stand-alone',
      severity: 'error',
      from: { path: '^infra/(azure-emulator|functions-host)/' },
      to: { path: '^(lib|functions|test|infra)/', pathNot: '^infra/(azure-emulator|functions-host)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // imports of types count
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.d.ts'] },
  },
};
