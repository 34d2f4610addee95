import type { LocalAzure, Vault } from '../azure-emulator/src/index.ts';
import type { Scene } from './seed.ts';
import type { Stage } from './stage.ts';
import type { DemoTarget } from './targets.ts';
import { assertGood, startUsers } from './users.ts';
import type { Trail, User } from './users.ts';

export interface Tally {
  readonly calls: number;
  /** Calls with a key that was not the secret's current one any more. */
  readonly withOldKey: number;
  readonly failed: number;
  readonly firstFailure: string | undefined;
}

export interface Consumers {
  readonly tally: Tally;
  stop(): Promise<void>;
}

const loopsPerSecret = 3;
const reader = { clientId: 'c0450000-0000-4000-8000-000000000001', objectId: 'c0450000-0000-4000-8000-000000000002' };

/** Applications that read from the vault: what Keyturn promises never to hurt if they hold a key for less than settle. */
export function startConsumers(azure: LocalAzure, scene: Scene, holdMs: number): Consumers {
  const users = scene.targets.flatMap((target) =>
    vaultReaders({ azure, scene }, target, { holdMs, count: loopsPerSecret }),
  );
  const { trails, stop } = startUsers(users);
  return {
    get tally() {
      return tallyOf(trails);
    },
    stop,
  };
}

export function tallyOf(trails: readonly Trail[]): Tally {
  const failures = trails.flatMap((trail) => trail.failures).toSorted((one, other) => one.atMs - other.atMs);
  return {
    calls: trails.reduce((sum, { calls }) => sum + calls, 0),
    withOldKey: trails.reduce((sum, { withOldKey }) => sum + withOldKey, 0),
    failed: failures.length,
    firstFailure: failures[0]?.why,
  };
}

/** So many of them, each reading at a time of its own. */
export function vaultReaders(
  { azure, scene: { vault } }: Pick<Stage, 'azure' | 'scene'>,
  target: DemoTarget,
  { holdMs, count }: { holdMs: number; count: number },
): User[] {
  const read = () => readSecret(azure, vault, target.secret);
  return Array.from({ length: count }, (_, index) => {
    return { name: `reader ${index + 1}`, vault, target, read, holdMs, delayMs: (index * holdMs) / count };
  });
}

/** Without the slash at the end that the app's SDK sends: a fault can tell the two apart. */
async function readSecret({ core }: LocalAzure, vault: Vault, name: string): Promise<string> {
  const { token } = await core.tokens.issue('https://vault.azure.net', reader);
  const headers = { authorization: `Bearer ${token}` };
  const response = await assertGood(await fetch(`${vault.uri}/secrets/${name}?api-version=2025-07-01`, { headers }));
  const { value } = (await response.json()) as { value: string };
  return value;
}
