import type { Mutant } from './mutant.ts';

const nothingForged = 'nothing is forged in histories';

/** What the handlers of events check before anything is touched, and what they answer. */
export const handlers: readonly Mutant[] = [
  {
    breaks: 'promise 9, a secret of another vault',
    file: 'lib/events/keyVault.ts',
    from: 'if (!vaultUrls.includes(origin))',
    to: "if (origin === '')",
    test: 'test/events/keyVault.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'promise 9, a source that is another vault',
    file: 'lib/events/keyVault.ts',
    from: 'if (!comesFrom(source, VaultName, origin))',
    to: "if (source === '')",
    test: 'test/events/keyVault.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'promise 9, a resource of another subscription',
    file: 'lib/events/resources.ts',
    from: "if (!`${resource}/`.startsWith(`${normalised(source)}/`)) return 'wrong-origin';",
    to: '',
    test: 'test/events/resources.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'promise 9, something due in another vault',
    file: 'lib/events/phaseDue.ts',
    from: "vaultUrls.includes(secret.vaultUrl) ? { secret, kind, resource } : 'wrong-origin'",
    to: '{ secret, kind, resource }',
    test: 'test/events/phaseDue.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'the repair that comes again',
    file: 'lib/react.ts',
    from: "reason === 'busy' && by !== undefined && by === core.self",
    to: "reason === 'busy'",
    test: 'test/reactions/regenerated.test.ts',
    name: 'while another worker has the resource',
    histories: 'the rolling check repairs it as well, hours later',
  },
  {
    breaks: 'a topic that fails',
    file: 'lib/events/topic.ts',
    from: 'return error;',
    to: 'throw error;',
    test: 'test/events/topic.test.ts',
    histories: 'a visit that fails is made again',
  },
];
