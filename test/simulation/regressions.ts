import { minute } from '../../lib/model/clock.ts';
import type { Regression, VersionKind } from './catalog.ts';
import type { History, Move } from './histories/history.ts';
import { play } from './histories/play.ts';
import type { Fault } from './network.ts';
import { cleanPlan } from './schedules.ts';
import { scenarioNamed } from './scenarios.ts';
import { openVersionRotation, runUntil, runVersions } from './versions/scenarios.ts';
import { keyInUse } from './versions/simulation.ts';

/** At the nth request of this name in a life in which nothing goes wrong. */
type RequestNth = readonly [name: RegExp, nth: number];

interface LifeStory {
  readonly scenario?: string;
  readonly faults?: readonly (readonly [RequestNth, Fault])[];
  readonly actions?: readonly (readonly [RequestNth, string])[];
}

const round = /^round$/;
const patch = /^PATCH secrets/;
const put = /^PUT \/secrets/;
const regenerate = /regenerateKeys?$/i;
const proof = /^GET \/applications$|^HEAD .*users\/keyturn$/;
const restored = 'deletes the secret and restores it after 12 minutes';

/** Answers what is wrong with a life in which this happens. */
function life({
  scenario: name = 'batch: a life',
  faults = [],
  actions = [],
}: LifeStory): () => Promise<readonly string[]> {
  return async () => {
    const scenario = scenarioNamed(name);
    const { requests } = await scenario.run(cleanPlan);
    const names = [...requests];
    const atOf = ([pattern, nth]: RequestNth) => {
      const at = names.flatMap((one, index) => (pattern.test(one) ? [index] : []))[nth - 1];
      if (at === undefined) throw new Error(`There is no request ${pattern} ${nth} in: ${names.join(', ')}`);
      return at;
    };
    const outcome = await scenario.run({
      faults: faults.map(([request, fault]) => ({ at: atOf(request), fault })),
      actions: actions.map(([request, does]) => ({ at: atOf(request), does })),
    });
    return outcome.problems;
  };
}

/** Answers what is wrong with a history in which this happens. */
function history(moves: History['moves'], more: Partial<History> = {}): () => Promise<readonly string[]> {
  const simple: History = {
    ...{ kind: 'signalr', consumers: [], waitsForConsumers: false, hasTopic: false },
    ...{ isEventGridSchema: false, isReversed: false, deliveries: [], moves },
  };
  return async () => (await play({ ...simple, ...more })).problems;
}

function after(seconds: number, move: Move): History['moves'][number] {
  return { afterMs: seconds * 1_000, move };
}

function person(does: string): Move {
  return { is: 'action', does };
}

const notice: Move = { is: 'notice', by: 'poll', agoMs: 0 };

/** The version is made right before the inspection that follows the intent. */
function madeMeanwhile(kind: VersionKind): () => Promise<readonly string[]> {
  return async () => {
    const open = openVersionRotation(kind);
    const { requests, made } = await runVersions(open, cleanPlan);
    const intent = requests.findIndex((name) => name.startsWith('PATCH secrets/'));
    const inspection = requests.findIndex((name, at) => at > intent && /^GET .*followed\/$/.test(name));
    const isMadeAfter = requests.slice(inspection).some((name) => /^POST .*\/(rotate|create)$/.test(name));
    const action = { at: inspection, does: 'makes another version' };
    const meanwhile = await runVersions(open, { faults: [], actions: [action] });
    return [
      ...(made === 1 && isMadeAfter ? [] : ['the app does not make a version after the inspection']),
      ...(meanwhile.made === 0 ? [] : ['a second version was made']),
      ...meanwhile.problems,
    ];
  };
}

async function staleAccount(): Promise<readonly string[]> {
  const { simulation, isDone } = await openVersionRotation('batch-cmk')();
  const { azure, vault, followers, now } = simulation;
  const account = followers[0]?.account;
  if (!account) throw new Error('There is no account.');
  const { id, name, identity } = account;
  const encryption = { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier: keyInUse(account) } };
  const body = { id, name, identity, properties: { provisioningState: 'Succeeded', encryption } };
  const effect = { kind: 'status', status: 200, body } as const;
  const stale = azure.core.faults.plan({ operation: 'batch.get', lasting: true, effect });
  const fromMs = now().getTime();
  azure.core.journal.on(({ at }) => {
    if (at.getTime() > fromMs + 4 * minute) stale.remove();
  });
  await runUntil(simulation, isDone);
  const versions = vault.versions('target').length;
  return [...(isDone() ? [] : ['not done']), ...(versions === 2 ? [] : [`the secret has ${versions} versions`])];
}

async function sharedKey(): Promise<readonly string[]> {
  const open = openVersionRotation('batch-cmk', { accounts: 2 });
  const { requests } = await runVersions(open, cleanPlan);
  const at = requests.findIndex((name) => name.endsWith('/rotate'));
  const problems: string[] = [];
  for (const fault of ['crash, late effect', 'late effect', 'crash after', 'lost response'] as const) {
    const outcome = await runVersions(open, { faults: [{ at, fault }], actions: [] });
    if (!outcome.fired || outcome.made !== 1) problems.push(`${fault}: made ${outcome.made} versions`);
    problems.push(...outcome.problems.map((problem) => `${fault}: ${problem}`));
  }
  return problems;
}

const byTitle: Readonly<Record<Regression, () => Promise<readonly string[]>>> = {
  'promise 5: a key stands in the tags before it is replaced': life({}),
  'R6: a tag of the owner that was set while a key is proved for a minute is kept': life({
    scenario: 'signalr: a life',
    actions: [
      [[round, 1], 'sees new keys refused for 40 seconds'],
      [[proof, 2], 'adds a tag of their own'],
    ],
  }),
  'R7: a live key that is replaced while the old one ends is repaired before rest': life({
    actions: [[[regenerate, 2], 'regenerates Secondary']],
  }),
  'R12: the claim protects what a corrected tag named when a late write puts the old tags back': life({
    scenario: 'signalr: a life',
    faults: [[[patch, 1], 'crash, late effect']],
    actions: [[[patch, 1], 'lets CredentialId name the other key']],
  }),
  'R6: no version is disabled on an old read of the tags': life({
    scenario: 'signalr: a life with consumers',
    faults: [[[patch, 3], 'duplicate late']],
    actions: [[[round, 8], 'starts an emergency, immediate, an unnamed key leaked']],
  }),
  'R21: a new standby that leaked is not published': life({
    faults: [[[proof, 2], 'throttled']],
    actions: [[[patch, 2], 'starts an emergency, immediate, the standby leaked']],
  }),
  'R11: the quiet period of a restored secret outlives a failing write': life({
    faults: [[[/^claim setMetadata$/, 2], 'throttled']],
    actions: [[[patch, 3], restored]],
  }),
  'R11: a quiet period that is over does not stand in the way of the next one': life({
    scenario: 'signalr: a life',
    actions: [
      [[patch, 1], 'writes a version with the other key and the tags but for the state'],
      [[put, 1], restored],
    ],
  }),
  'R24: losing the state loses no protection': life({
    actions: [
      [[round, 3], 'lets CredentialId name the other key'],
      [[proof, 4], 'corrupts RotationRecord'],
    ],
  }),
  'R21: consumers seen on the version before do not shorten the overlap': history(
    [
      after(20, person('deletes all state tags')),
      after(0, person('starts an emergency, immediate, the live key leaked')),
    ],
    { consumers: ['site'], waitsForConsumers: true },
  ),
  'R23: a repair answers no notice': history([after(93_600, notice), after(20, person('regenerates Secondary'))]),
  'R23: an emergency of the standby alone answers no notice': history([
    after(259_200, person('starts an emergency, graceful, the standby leaked')),
    after(0, notice),
  ]),
  'R23: after a repair the notice that was answered before begins nothing': history([
    after(0, notice),
    after(25_200, person('regenerates both keys')),
  ]),
  'batch-cmk: a version that a person made since the first inspection is used, and no other is made':
    madeMeanwhile('batch-cmk'),
  'pool-certificate: a version that a person made since the first inspection is used, and no other is made':
    madeMeanwhile('pool-certificate'),
  'batch-cmk: an account that answers with its old version for minutes is not believed': staleAccount,
  'batch-cmk: two accounts that share a key have one version made, whatever becomes of the request for it': sharedKey,
};

export function problemsOfRegression(title: string): Promise<readonly string[]> {
  const run = byTitle[title as Regression];
  return run();
}
