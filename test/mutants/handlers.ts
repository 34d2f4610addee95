import type { Mutant } from './mutant.ts';

const nothingForged = 'nothing is forged in histories';

/** What the handlers of events check before anything is touched, and what they answer. */
export const handlers: readonly Mutant[] = [
  {
    breaks: 'promise 9, a secret of another vault',
    file: 'lib/triggers/events/keyVaultEvent.ts',
    from: 'if (!vaultUrls.includes(origin))',
    to: "if (origin === '')",
    test: 'test/unit/triggers/events/keyVaultEvent.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'promise 9, a source that is another vault',
    file: 'lib/triggers/events/keyVaultEvent.ts',
    from: 'if (!comesFrom(source, VaultName, origin))',
    to: "if (source === '')",
    test: 'test/unit/triggers/events/keyVaultEvent.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'promise 9, a resource of another subscription',
    file: 'lib/triggers/events/resourceEvent.ts',
    from: "if (!`${resource}/`.startsWith(`${normalised(source)}/`)) return 'wrong-origin';",
    to: '',
    test: 'test/unit/triggers/events/resourceEvent.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'promise 9, something due in another vault',
    file: 'lib/triggers/events/phaseDue.ts',
    from: "vaultUrls.includes(secret.vaultUrl) ? { secret, kind, resource } : 'wrong-origin'",
    to: '{ secret, kind, resource }',
    test: 'test/unit/triggers/events/phaseDue.test.ts',
    histories: nothingForged,
  },
  {
    breaks: 'the repair that comes again',
    file: 'lib/triggers/events/handlers.ts',
    from: "reason === 'busy' && by !== undefined && by === core.self",
    to: "reason === 'busy'",
    test: 'test/scenarios/events/regenerated.test.ts',
    name: 'while another worker has the resource',
    histories: 'the rolling check repairs it as well, hours later',
  },
  {
    breaks: 'a topic that fails',
    file: 'lib/announcements/topic.ts',
    from: 'return error;',
    to: 'throw error;',
    test: 'test/unit/announcements/topic.test.ts',
    histories: 'a visit that fails is made again',
  },
];
