import type { Call, Delivery, Version } from '../../azure-emulator/src/index.ts';
import type { Consumers } from '../consumers.ts';
import { secretUrl, waitFor, waitForAnnouncement } from '../context.ts';
import type { DemoContext } from '../context.ts';
import { currentKey } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';

/** Something that happens to a secret, and how Keyturn handles it within seconds of an event. */
export interface Story {
  readonly title: string;
  readonly target: DemoTarget;
  /** Makes it happen, and waits until Keyturn has handled it. */
  run(): Promise<StoryResult>;
}

export interface StoryResult {
  readonly title: string;
  readonly startedBy: string;
  readonly publishedAfterMs: number;
  readonly completedAfterMs: number;
  /** Deliveries of all events about the secret and its resource. */
  readonly deliveries: number;
  /** Undefined where nothing calls. */
  readonly failedCalls: number | undefined;
  /** Each promise of the story, and whether it was kept. */
  readonly promises: Readonly<Record<string, boolean>>;
}

interface Happening {
  readonly title: string;
  readonly target: DemoTarget;
  /** The event that reports it, such as `Microsoft.KeyVault.KeyNewVersionCreated`. */
  readonly eventType: string;
  readonly sinceMs: number;
  readonly consumers?: Consumers;
}

/** Waits until the rotation is completed and its event is answered, which happens after the work. */
export async function waitForResult(context: DemoContext, happening: Happening): Promise<StoryResult> {
  const { title, target, eventType, sinceMs, consumers } = happening;
  const published = await publication(context, target, sinceMs);
  const completed = await waitForAnnouncement(context, target, 'Rotation.Completed');
  const started = await waitForAnnouncement(context, target, 'Rotation.Started');
  const causes = () => deliveriesAbout(context, target, sinceMs).filter(({ event }) => event.type === eventType);
  await waitFor(context, `the answer to ${eventType}`, () => causes()[0]);
  await consumers?.stop();
  const event = eventType.split('.').at(-1) ?? eventType;
  return {
    title,
    startedBy: `${causes().length} × ${event}`,
    publishedAfterMs: published.at.getTime() - sinceMs,
    completedAfterMs: completed.time.getTime() - sinceMs,
    deliveries: deliveriesAbout(context, target, sinceMs).length,
    failedCalls: consumers?.tally.failed,
    promises: eventPromises(causes(), hasTimerRun(context, sinceMs, started.time.getTime())),
  };
}

/** Returns the promises about an event that starts a rotation. */
export function eventPromises(deliveries: readonly Pick<Delivery, 'status'>[], isTimerFirst: boolean) {
  return {
    'one delivery is enough': deliveries.length === 1 && deliveries[0]?.status === 202,
    'no timer starts it': !isTimerFirst,
  };
}

/** Waits until a new version of the secret is in the vault. */
export function publication(context: DemoContext, { secret }: DemoTarget, sinceMs: number): Promise<Call> {
  return waitFor(context, `a new version of ${secret}`, () =>
    context.azure.core.journal.calls.find(
      ({ operation, status, path, at }) =>
        operation === 'setSecret' && status === 200 && path.endsWith(`/${secret}`) && at.getTime() >= sinceMs,
    ),
  );
}

/** Every timer begins with a list of the vault's secrets. */
function hasTimerRun({ azure }: DemoContext, sinceMs: number, untilMs: number): boolean {
  return azure.core.journal.calls.some(
    ({ operation, at }) => operation === 'listSecrets' && at.getTime() >= sinceMs && at.getTime() <= untilMs,
  );
}

/**
 * Returns the deliveries of every event about a target. Key Vault's events name the secret, key or certificate, the
 * activity log's the resource, and the app's own the URL of the secret.
 */
function deliveriesAbout(context: DemoContext, target: DemoTarget, sinceMs: number): readonly Delivery[] {
  const { secret, sourceObject, resource } = target;
  const names = [secret, sourceObject, secretUrl(context, secret), resource.id].map((name) => name?.toLowerCase());
  return context.azure.eventGrid.deliveries.filter(
    ({ event, at }) => at.getTime() >= sinceMs && names.includes(event.subject?.toLowerCase()),
  );
}

/** Returns the promises about a key or certificate whose first version was replaced by a second one. */
export function replacementPromises({ vault }: DemoContext, target: DemoTarget, versions: readonly Version[]) {
  const collection = target.firstValue.slice(0, target.firstValue.lastIndexOf('/'));
  return {
    'there are two versions': versions.length === 2,
    'the secret identifies the new one': currentKey(vault, target) === `${collection}/${versions.at(-1)?.version}`,
    'the old version stays enabled': versions.every(({ enabled }) => enabled),
    'no rotation runs any more': vault.current(target.secret)?.tags?.RotationPhase === 'idle',
  };
}
