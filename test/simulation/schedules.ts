import { faultsOf, type Fault, type FaultAt } from './network.ts';

/** The faults and actions of one schedule. */
export interface Plan {
  readonly faults: readonly FaultAt[];
  readonly actions: readonly ActionAt[];
}

export const cleanPlan: Plan = { faults: [], actions: [] };

/** A person acts right before the request with this number. */
interface ActionAt {
  readonly at: number;
  readonly does: string;
}

export interface Outcome {
  /** The planned fault came about. */
  readonly fired: boolean;
  readonly problems: readonly string[];
  /** How many credentials the app had made. */
  readonly made: number;
  /** Every request from the moment on from which faults strike. */
  readonly requests: readonly string[];
}

/** Something that the app does: run without a fault first, and then once for every request and every fault. */
export interface Scenario {
  readonly name: string;
  readonly kind: string;
  /** The actions of people that this scenario is run with. */
  readonly actions: readonly string[];
  run(plan: Plan): Promise<Outcome>;
}

export const families = ['faults', 'actions', 'pairs'] as const;
export type Family = (typeof families)[number];

export interface Result {
  readonly fault: Fault | 'none' | 'not reached';
  readonly problems: readonly string[];
}

/** Runs one schedule and compares it with the run in which nothing goes wrong. */
export async function runSchedule(scenario: Scenario, plan: Plan, clean: Pick<Outcome, 'made'>): Promise<Result> {
  const {
    faults: [fault],
    actions: [action],
  } = plan;
  const outcome = await scenario.run(plan);
  if (fault && !outcome.fired) {
    // After an action the request may never come: then there is no such schedule.
    return action
      ? { fault: 'not reached', problems: outcome.problems }
      : { fault: fault.fault, problems: ['the fault never struck', ...outcome.problems] };
  }
  const tooMany = !action && outcome.made > clean.made && !isDuplicate(fault?.fault);
  const repeated = tooMany ? [`4: made ${outcome.made} credentials in place of ${clean.made}`] : [];
  return { fault: fault?.fault ?? 'none', problems: [...outcome.problems, ...repeated] };
}

/** The network made more of the request than the app asked for. */
function isDuplicate(fault: Fault | undefined): boolean {
  return fault === 'duplicate soon' || fault === 'duplicate late';
}

/** How many schedules of a family there are; pairs of a fault and an action are counted, not listed. */
export function countSchedules(scenario: Scenario, family: Family, requests: readonly string[]): number {
  const faults = faultPlans(requests).length;
  const actions = actionPlans(scenario, requests).length;
  return { faults: faults + 1, actions, pairs: faults * actions }[family];
}

/** The schedule with this number; the first one of the faults is the one without. */
export function scheduleAt(scenario: Scenario, family: Family, requests: readonly string[], nth: number): Plan {
  const faults = faultPlans(requests);
  const actions = actionPlans(scenario, requests);
  const fault = family === 'faults' ? faults[nth - 1] : faults[Math.floor(nth / actions.length)];
  const action = actions[nth % actions.length];
  return {
    faults: family !== 'actions' && fault ? [fault] : [],
    actions: family !== 'faults' && action ? [action] : [],
  };
}

/** Every request; of one that is repeated in a row (a poll, an idle sweep) the first, the second and the last. */
function faultPlans(requests: readonly string[]): readonly FaultAt[] {
  const names = requests.map((name) => (/^(GET \/secrets|claim list)$/.test(name) ? 'idle sweep' : name));
  return names.flatMap((name, at) => {
    const isMiddle = name === names[at - 1] && name === names[at - 2] && name === names[at + 1];
    if (isMiddle || name === 'round') return [];
    return faultsOf(requests[at] ?? '').map((fault) => ({ at, fault }));
  });
}

/** An action lies before what can notice it: neither leases, claims nor lists do, nor one poll rather than the next. */
function actionPlans({ actions }: Scenario, requests: readonly string[]): readonly ActionAt[] {
  return requests.flatMap((name, at) => {
    const isUnnoticed = /^(lease|claim) |^GET \/secrets$/.test(name) || requests[at - 1] === name;
    return isUnnoticed ? [] : actions.map((does) => ({ at, does }));
  });
}

/** Describes a schedule to a person. */
export function describe({ faults, actions }: Plan, requests: readonly string[]): string {
  const parts = [
    ...faults.map(({ at, fault }) => `${fault} at ${at} (${requests[at] ?? ''})`),
    ...actions.map(({ at, does }) => `a person ${does} before ${at} (${requests[at] ?? ''})`),
  ];
  return parts.join(', ') || 'nothing goes wrong';
}
