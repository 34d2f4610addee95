import type { Ran } from '../ran.ts';
import { allMoments, emergency, leaks, onboarding, rotation, type Scenario } from './scenarios.ts';
import { schedulesOf } from './schedules.ts';
import { inTurn, type Dealt } from './struck.ts';
import { kinds } from './targets.ts';
import { consumers, notice, whens } from './told.ts';
import { faults } from './strike.ts';

async function ranOf(scenario: Scenario, dealt: Dealt): Promise<Ran[]> {
  const all: Ran[] = [];
  for await (const ran of schedulesOf(scenario, dealt)) all.push(ran);
  return all;
}

function wrong(all: readonly Ran[]): readonly Ran[] {
  return all.filter(({ fired, problems }) => !fired || problems.length > 0);
}

const modes = ['graceful', 'immediate'] as const;

test.each(whens)(
  'one request goes wrong after a notice that keys will be regenerated %s: one rotation',
  async (when) => {
    expect(wrong(await ranOf(notice(when), (nth) => (nth % 9 === 2 ? inTurn(1)(nth) : [])))).toEqual([]);
  },
  60_000,
);

describe.each(kinds)('one request of a %s target goes wrong', (kind) => {
  test('while it is onboarded: it is adopted all the same', async () => {
    expect(wrong(await ranOf(onboarding(kind), inTurn(1)))).toEqual([]);
  });

  test('promise 4: in a rotation every promise is kept, and each key is replaced once', async () => {
    const all = await ranOf(rotation(kind), inTurn(1));
    expect(wrong(all)).toEqual([]);
    expect(new Set(all.map(({ fault }) => fault))).toEqual(new Set(['none', ...faults]));
  }, 30_000);

  test('in a rotation with consumers: nobody is left behind, or refreshed twice in ten minutes', async () => {
    expect(wrong(await ranOf(consumers(kind), (nth) => (nth % 5 === 2 ? inTurn(1)(nth) : [])))).toEqual([]);
  }, 60_000);

  test.each(allMoments)(
    'in an emergency declared %s: what leaked ends, and nothing else',
    async (moment) => {
      for (const mode of modes) {
        for (const leak of leaks) {
          const few: Dealt = (nth) => (nth % 20 === 5 ? inTurn(1)(nth + leaks.indexOf(leak)) : []);
          expect(wrong(await ranOf(emergency(kind, { moment, mode, leak }), few))).toEqual([]);
        }
      }
    },
    30_000,
  );
});
