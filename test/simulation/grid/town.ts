import type { Resource } from '../../../infra/azure-emulator/src/index.ts';
import { hour, later, minute } from '../../../lib/model/clock.ts';
import { fingerprintOf } from '../../../lib/model/sealed.ts';
import { countRotations, type Rotations } from '../events/rotations.ts';
import { promises, type Fact, type Promises } from '../promises.ts';
import { createApps } from '../sdk/apps.ts';
import { secretName } from '../sdk/facts.ts';
import { observe, type Observer } from '../sdk/observer.ts';
import { keyIn } from '../sdk/targets.ts';
import type { History } from './history.ts';
import { createTestApp, valueWith, type TestApp } from '../../support/createTestApp.ts';

/** A target at rest on the local Azure, the app subscribed to its Event Grid, and an observer of promises. */
export interface Town {
  readonly b: TestApp;
  readonly resource: Resource;
  readonly watch: Promises;
  readonly observer: Observer;
  readonly rotations: Rotations;
  readonly errors: string[];
  /** Names of notices that the poll sees too, with their start. */
  readonly notices: { readonly start: Date }[];
  /** Event and timers, with a look at what the passing of time did. */
  pass(ms: number): Promise<void>;
}

const overlapMs = hour;

export async function openTown({ kind, effects, isReversed }: History): Promise<Town> {
  const b = await createTestApp({ events: 'delivered' });
  const { azure, vault } = b;
  const resource = await (kind === 'batch' ? b.newBatch() : b.newSignalR());
  const keys = b.keys(resource);
  const told = promises({
    overlapMs,
    keys: { Primary: fingerprintOf(keys.Primary), Secondary: fingerprintOf(keys.Secondary) },
  });
  const rotations = countRotations();
  const tell = (fact: Fact) => {
    rotations.hear(fact);
    told.told(fact);
  };
  const watch = { violations: told.violations, told: tell };
  const errors: string[] = [];
  const apps = createApps(azure, vault, []);
  const observer = observe({ azure, resource, vault, wire: { arriving: undefined }, apps, tell, errors });
  const town = { b, resource, watch, observer, rotations, errors, notices: [] };
  write(town, keys.Primary, { ProviderAddress: resource.id, CredentialId: 'Primary', owner: 'anna' });
  for (const effect of effects) azure.eventGrid.faults.plan({ effect });
  if (isReversed) azure.eventGrid.settings.order = (due) => due.toReversed();
  const pass = async (ms: number) => {
    await b.run(ms);
    observer.catchUp();
  };
  await pass(6 * minute);
  return { ...town, pass };
}

/** A person writes a version. */
export function write(
  { b, resource, watch }: Pick<Town, 'b' | 'resource' | 'watch'>,
  key: string,
  tags: Readonly<Record<string, string>>,
): void {
  const at = b.clock.now();
  const value = valueWith(resource, key);
  const before = b.vault.current(secretName);
  const expiresOn = before?.expiresOn ?? (before ? undefined : later(at, 90 * 24 * hour));
  const { version } = b.vault.setSecret(secretName, value, { tags, ...(expiresOn && { expiresOn }) });
  const prints = { key: fingerprintOf(keyIn(value)), value: fingerprintOf(value) };
  watch.told({ is: 'written', at, by: 'other', version, ...prints, tags, expires: expiresOn !== undefined });
}
