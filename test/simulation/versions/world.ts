import type { Keyturn } from '../../../lib/app.ts';
import { emptyState, type State } from '../../../lib/model/state.ts';
import { settingsFrom } from '../../../lib/settings.ts';
import { stateFrom } from '../../../lib/tags/stateTags.ts';
import { emptyContainer } from '../memoryBlobs.ts';
import type { Ground } from '../sdk/app.ts';
import { driven } from '../sdk/driven.ts';
import { createWire, type Wire } from '../sdk/wire.ts';
import { observe, type Observer } from './observer.ts';
import { settingOverlap, stage, type Stage, type Wanted } from './stage.ts';
import type { Kind } from './followed.ts';

/** How long after it was sent a request may still take effect. */
const flightMs = 120_000;

/** What a person does right before the request with this number. */
interface Meanwhile {
  readonly at: number;
  act(world: World): unknown;
}

/** Targets of one kind on the local Azure, the app as it ships around the real SDK clients, and an observer. */
export interface World extends Stage {
  readonly wire: Wire;
  readonly observer: Observer;
  /** What the app said, and what it died of where it should not have. */
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly ground: Ground;
  state(secret: string): State;
  /** A person's act, once. */
  plan(act: Meanwhile): void;
  /** Whatever was planned has happened. */
  isCalm(): boolean;
  attempt<T>(work: (app: Keyturn) => Promise<T>): Promise<T | 'ended'>;
  round(): Promise<void>;
  pass(ms: number): Promise<void>;
}

export async function createWorld(kind: Kind, wanted: Wanted = {}): Promise<World> {
  const staged = await stage(kind, wanted);
  const { azure, vault } = staged;
  const wire = createWire(azure.clock, flightMs);
  const lines: string[] = [];
  let planned: Meanwhile | undefined;
  const ground: Ground = {
    azure,
    wire: {
      pass: async (process, request) => {
        await interfere();
        return wire.pass(process, request);
      },
    },
    settings: settingsFrom({
      KEYTURN_VAULTS: vault.uri,
      KEYTURN_MODE: 'rotate',
      KEYTURN_OVERLAP: settingOverlap.text,
      KEYTURN_ADOPTION_GRACE: 'PT0S',
      AzureWebJobsStorage__accountName: 'storage',
    }),
    leases: { ...emptyContainer(), metadata: {} },
    claims: { ...emptyContainer(), metadata: {} },
    write: (line) => lines.push(line),
  };
  const observer = observe({ ...staged, wire });
  const { errors, attempt, sweeps: round, pass } = driven(ground, wire, () => undefined);
  const world: World = {
    ...staged,
    ...{ wire, observer, lines, errors, ground, attempt, round, pass },
    state: (secret) => {
      const read = stateFrom(vault.current(secret)?.tags ?? {});
      return read === 'corrupt' || read === 'newer' ? emptyState : read;
    },
    plan: (act) => {
      planned = act;
    },
    isCalm: () => planned === undefined,
  };
  async function interfere(): Promise<void> {
    if (!planned || planned.at > wire.passed.length) return;
    const { act } = planned;
    planned = undefined;
    await act(world);
    observer.other();
  }
  return world;
}
