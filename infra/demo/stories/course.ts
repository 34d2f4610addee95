import type { Delivery } from '../../azure-emulator/src/index.ts';
import type { Announcement } from '../narrate.ts';
import { outcomeOf } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { DemoTarget } from '../targets.ts';
import { found, waitUntil } from './ground.ts';
import type { Ground } from './ground.ts';

/** What becomes of a target since something happened to it. */
export interface Course {
  readonly sinceMs: number;
  /** When the new version came into the vault. */
  published(): Promise<number>;
  /** Nobody waits five minutes: the timer of revoke is rung when settle is over, and hands the work on by an event. */
  settled(settleMs: number): Promise<void>;
  completed(): Promise<number>;
  /** The deliveries of its cause: an event is answered after its work. */
  delivered(type: string): Promise<readonly Delivery[]>;
  /** Of every event about it. */
  deliveries(): number;
  /** How often anything listed the vault's secrets up to then, as every sweep does first. */
  lists(untilMs: number): number;
  outcome(): Promise<Outcome>;
}

export function follow(ground: Ground, target: DemoTarget, sinceMs: number): Course {
  const { azure, scene } = ground;
  const { secret } = target;
  const calls = (operation: string) =>
    azure.core.journal.calls.filter((call) => call.operation === operation && call.at.getTime() >= sinceMs);
  const deliveries = () => deliveriesAbout(ground, target).filter(({ at }) => at.getTime() >= sinceMs);
  return {
    sinceMs,
    async published() {
      const look = () => calls('setSecret').find(({ path, status }) => status === 200 && path.endsWith(`/${secret}`));
      return (await found(ground, `a new version of ${secret}`, look)).at.getTime();
    },
    async settled(settleMs) {
      await waitUntil(ground, (scene.vault.current(secret)?.createdOn.getTime() ?? 0) + settleMs + 100);
      ground.tell(target, 'settle is over: the timer of revoke is rung');
      await ground.ring('revoke');
    },
    completed: async () => (await announced(ground, target, 'Keyturn.Rotation.Completed', sinceMs)).time.getTime(),
    async delivered(type) {
      const look = () => deliveries().filter(({ event }) => event.type === type);
      await found(ground, `the answer to ${type}`, () => look()[0]);
      return look();
    },
    deliveries: () => deliveries().length,
    lists: (untilMs) => calls('listSecrets').filter(({ at }) => at.getTime() <= untilMs).length,
    outcome: () => outcomeOf(scene, target),
  };
}

/** Key Vault names the secret, key or certificate, the activity log the resource, and the app's own events the secret's address. */
function deliveriesAbout(ground: Ground, target: DemoTarget): readonly Delivery[] {
  const { secret, follows, resource } = target;
  const subjects = [secret, follows, urlOf(ground, target), resource.id].map((each) => each?.toLowerCase());
  return ground.azure.eventGrid.deliveries.filter(({ event }) => subjects.includes(event.subject?.toLowerCase()));
}

/** The first time that the app said so. */
export async function announced(ground: Ground, target: DemoTarget, type: string, sinceMs = 0): Promise<Announcement> {
  const subject = urlOf(ground, target);
  return found(ground, `${type} of ${target.secret}`, () =>
    ground.said.find((said) => said.type === type && said.subject === subject && said.time.getTime() >= sinceMs),
  );
}

function urlOf({ scene }: Ground, { secret }: DemoTarget): string {
  return `${scene.vault.uri}/secrets/${secret}`;
}
