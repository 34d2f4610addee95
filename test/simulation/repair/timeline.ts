import type { SteerableClock } from '../../../infra/azure-emulator/src/index.ts';
import { minute, second } from '../../../lib/model/clock.ts';
import { phases, type Phase } from '../../../lib/model/state.ts';
import type { KeyKind } from '../catalog.ts';
import { subscribe, type Events } from '../histories/events.ts';
import { sweepEveryMs } from '../pace.ts';
import { createClock, createSimulation, type Simulation } from '../simulation.ts';

/** One target with the timers at their real times, and with Event Grid, which delivers while visits are under way. */
export interface Timeline {
  readonly simulation: Simulation;
  /** Runs timers and deliveries for so long, or until it is over. */
  run(ms: number, isOver?: () => boolean): Promise<void>;
  /** From now on no event reaches the app. */
  loseEvents(): void;
  /** Runs right before each request is sent. */
  onRequest: (name: string, at: number) => void;
}

/** An event reaches the app this long after it happened. */
const latencyMs = second;

export async function createTimeline(kind: KeyKind): Promise<Timeline> {
  const arriving: { events?: Events } = {};
  const inner = createClock();
  const clock: SteerableClock = { ...inner, sleep };
  const simulation: Simulation = await createSimulation({
    ...{ kind, clock, overlapMs: 30 * minute, hasTopic: true },
    onRequest: async (at) => {
      await deliverDue();
      timeline.onRequest(simulation.network.requests[at] ?? '', at);
    },
  });
  const { azure, network } = simulation;
  const nowMs = () => clock.now().getTime();
  let timersMs = nextTimersMs();
  const timeline: Timeline = {
    simulation,
    run,
    loseEvents: () => arriving.events?.close(),
    onRequest: () => undefined,
  };
  azure.eventGrid.settings.latencyMs = latencyMs;
  arriving.events = await subscribe(simulation, { isEventGridSchema: false, isReversed: false, deliveries: [] });
  await simulation.round();
  await run(minute);
  return timeline;

  /** An event's visit waits for a query for consumers that is under way, so none may be delivered within one. */
  async function deliverDue(): Promise<void> {
    if (!/ResourceGraph\/resources$/.test(network.requests.at(-1) ?? '')) await arriving.events?.deliver();
  }
  /** Time passes in a sleep from one delivery to the next. */
  async function sleep(ms: number): Promise<void> {
    const untilMs = inner.now().getTime() + ms;
    await Promise.resolve();
    while (inner.now().getTime() < untilMs) {
      const nextMs = Math.min(untilMs, arriving.events?.nextDueMs ?? Infinity);
      inner.advance(Math.max(nextMs - inner.now().getTime(), 1));
      await deliverDue();
    }
  }
  async function run(ms: number, isOver = () => false): Promise<void> {
    const untilMs = nowMs() + ms;
    if (timersMs < nowMs() - sweepEveryMs) timersMs = nextTimersMs(); // time passed without timers
    while (nowMs() < untilMs && !isOver()) {
      const nextMs = Math.min(untilMs, timersMs, simulation.nextDueMs, arriving.events?.nextDueMs ?? Infinity);
      await simulation.pass(Math.max(0, nextMs - nowMs()));
      await arriving.events?.deliver();
      if (nowMs() >= timersMs) await runTimers();
    }
  }
  function nextTimersMs(): number {
    return Math.ceil(nowMs() / sweepEveryMs) * sweepEveryMs;
  }
  async function runTimers(): Promise<void> {
    const due = phasesAt(timersMs);
    timersMs += sweepEveryMs;
    for (const phase of due) await simulation.invoke((app) => app.sweep(phase));
  }
}

/** Generate runs every quarter of an hour, the others every five minutes. */
function phasesAt(timeMs: number): readonly Phase[] {
  return phases.filter((phase) => phase !== 'generate' || timeMs % (15 * minute) === 0);
}
