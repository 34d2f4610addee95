import { createLocalAzure, keysAt, manualClock, type Slot } from '../../infra/azure-emulator/src/index.ts';
import { hour, later, minute, second } from '../../lib/model/clock.ts';
import { tagsFrom } from '../../lib/tags/stateTags.ts';
import { createWorkers } from '../simulation/workers.ts';
import { createLedger, type Excuse } from './ledger.ts';
import { planOf } from './plan.ts';
import { judgeRepairs } from './repairs.ts';
import { lastLine, type Report } from './report.ts';
import { seedTargets } from './targets.ts';
import type { AttackTarget } from './world.ts';

const start = new Date('2026-03-02T01:00:00Z');

/** In a thread of its own: processes that were killed leave promises behind. */
test('for six hours machines fail and people act: no call fails by it, no repair is late, and all come to rest', async () => {
  const reports: Report[] = [];
  const workers = createWorkers(1);
  const task = { is: 'attack', seed: 1, targets: 25, ms: 6 * hour } as const;
  await workers.run([task], (report) => reports.push(report as Report), throwError);
  await workers.close();
  expect(reports.map((report) => [...report.problems, lastLine(report)].join('\n'))).toEqual([
    '0 failed calls, 0 double regenerations, 0 late repairs, 0 forged secrets obeyed, 0 targets adrift, 0 errors',
  ]);
});

function throwError(error: string): never {
  throw new Error(error);
}

test('a seed fixes what happens, and when', () => {
  const sizes = { units: 600, targets: 150 };
  const plan = planOf({ seed: 1, ...sizes });
  expect(planOf({ seed: 1, ...sizes })).toEqual(plan);
  expect(planOf({ seed: 2, ...sizes })).not.toEqual(plan);
  expect(new Set(plan.map(({ act }) => (act.by === 'fault' ? act.fault.is : act.does.is))).size).toBe(16);
});

async function createOneTarget() {
  const azure = await createLocalAzure({ clock: manualClock(start) });
  const { targets } = await seedTargets(azure, 1, second);
  const [target] = targets;
  if (!target) throw new Error('There is no target.');
  const ledger = createLedger({ azure, targets });
  return { azure, target, ledger };
}

type OneTarget = Awaited<ReturnType<typeof createOneTarget>>;

/** As the app does, with its identity. */
async function regenerateByApp({ azure, target }: OneTarget, keyName: Slot): Promise<void> {
  const { token } = await azure.core.tokens.issue('https://management.azure.com');
  const url = `${azure.armEndpoint}${target.resource.id}/regenerateKeys?api-version=2024-07-01`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await azure.handle(new Request(url, { method: 'POST', headers, body: JSON.stringify({ keyName }) }));
  expect(answer.status).toBe(200);
}

function primaryOf({ azure, target }: OneTarget): string {
  return keysAt(target.resource, azure.clock.now().getTime()).Primary;
}

test('a key that the app ended is explained by nothing, one that a person ended by the person', async () => {
  const one = await createOneTarget();
  const { target, ledger } = one;
  const first = primaryOf(one);
  await regenerateByApp(one, 'Primary');
  expect(ledger.explain(target, first)).toBeUndefined();
  const second = primaryOf(one);
  ledger.regenerateByPerson(target, 'Primary');
  expect(ledger.explain(target, second)).toBe('person');
  expect(ledger.explain(target, 'foreign')).toBe('person');
});

test('a key that is regenerated twice in one step is counted, unless a person acts in between', async () => {
  const one = await createOneTarget();
  const { azure, target, ledger } = one;
  const { vault, name } = target;
  const rotation = { phase: 'generate', cause: 'schedule', start, mode: 'graceful', toRevoke: [] } as const;
  vault.update(name, { tags: { ...vault.current(name)?.tags, ...tagsFrom({ refusals: 0, rotation }) } });
  await regenerateByApp(one, 'Secondary');
  azure.clock.advance(minute);
  ledger.disturbed(target);
  await regenerateByApp(one, 'Secondary');
  expect(ledger.doubles).toEqual([]);
  azure.clock.advance(minute);
  await regenerateByApp(one, 'Secondary');
  expect(ledger.doubles).toEqual([expect.objectContaining({ target, slot: 'Secondary' })]);
});

interface Judged {
  readonly it: string;
  readonly tookMs?: number;
  readonly excuses?: readonly Excuse[];
  /** Absent = at once. */
  readonly delivered?: readonly Date[] | 'lost';
  readonly judged: { readonly isLate: boolean; readonly cause: string };
}

const failed = (fromMs: number, toMs: number): Excuse => {
  return { cause: 'service failed', from: later(start, fromMs), to: later(start, toMs) };
};

const judgements: readonly Judged[] = [
  { it: 'in a minute', tookMs: minute, judged: { isLate: false, cause: 'nothing' } },
  { it: 'after more than a minute', tookMs: minute + 1, judged: { isLate: true, cause: 'nothing' } },
  {
    it: 'a minute and a sweep after an outage',
    tookMs: 10 * minute,
    excuses: [failed(-minute, 4 * minute)],
    judged: { isLate: false, cause: 'service failed' },
  },
  {
    it: 'long after an outage',
    tookMs: 11 * minute,
    excuses: [failed(-minute, 4 * minute)],
    judged: { isLate: true, cause: 'service failed' },
  },
  {
    it: 'after one outage that followed another',
    tookMs: 19 * minute,
    excuses: [failed(0, 5 * minute), failed(10 * minute, 13 * minute)],
    judged: { isLate: false, cause: 'service failed' },
  },
  {
    it: 'after an outage that was over before',
    tookMs: 2 * minute,
    excuses: [failed(-2 * minute, -minute)],
    judged: { isLate: true, cause: 'nothing' },
  },
  { it: 'never', judged: { isLate: true, cause: 'nothing' } },
  { it: 'never, its event lost', delivered: 'lost', judged: { isLate: false, cause: 'event lost' } },
  {
    it: 'by a delivery that was refused in an outage and came again long after it',
    tookMs: 30 * minute,
    excuses: [failed(-minute, 4 * minute)],
    delivered: [start, later(start, 29 * minute)],
    judged: { isLate: false, cause: 'service failed' },
  },
  {
    it: 'after an event that came late',
    tookMs: 9 * minute,
    delivered: [later(start, 8 * minute)],
    judged: { isLate: false, cause: 'event late' },
  },
];

test.each(judgements)('a live key repaired $it', async ({ tookMs, excuses = [], delivered = [start], judged }) => {
  const { target, ledger } = await createOneTarget();
  target.vault.update(target.name, { tags: { RotationRecord: 'adopted' } });
  ledger.regenerateByPerson(target, 'Primary');
  const [repair] = ledger.repairs();
  if (repair && tookMs !== undefined) repair.doneAt = later(start, tookMs);
  const deliveries = new Map([[repair?.event.id ?? '', delivered]]);
  const held = new Set<AttackTarget>();
  const limits = { sweepMs: 5 * minute, end: later(start, 60 * minute), deliveries, held };
  expect(judgeRepairs(ledger, excuses, limits)).toEqual([expect.objectContaining(judged)]);
});
