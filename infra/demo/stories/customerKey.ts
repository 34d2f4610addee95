import type { BatchAccount, KeyStore } from '../../azure-emulator/src/index.ts';
import { tallyOf, vaultReaders } from '../consumers.ts';
import { currentKey, dayMs, versionTarget } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import { adopted, atRest } from './adopted.ts';
import { follow } from './course.ts';
import { encryptedAccount } from './encryptedAccount.ts';
import { found } from './ground.ts';
import type { Ground } from './ground.ts';
import { heard } from './heard.ts';
import { replaced } from './replaced.ts';
import { spanOf, told } from './told.ts';
import type { Story, Told } from './told.ts';

/** What Key Vault tells of a key, and what a person does that it does. */
interface Happening {
  readonly event: string;
  readonly sentence: string;
  readonly happen: (keys: KeyStore, key: string) => void;
}

/** A person makes a version of the key that encrypts an account, and has nothing else to do. */
export async function keyGetsVersion(ground: Ground): Promise<Story> {
  return prepared(ground, 'new key version', 'archiving', {
    event: 'KeyNewVersionCreated',
    sentence: 'a person rotates the key; the account is on the old version',
    happen: (keys, key) => void keys.rotate(key),
  });
}

/** A key comes to the time that its policy names: Key Vault tells, and makes no version. */
export async function keyNearsExpiry(ground: Ground): Promise<Story> {
  return prepared(ground, 'key near expiry', 'simulating', {
    event: 'KeyNearExpiry',
    sentence: 'its key gets a policy that tells 30 days before expiry, which is in 29',
    happen(keys, key) {
      keys.update(key, { expiresOn: new Date(Date.now() + 29 * dayMs) });
      keys.setRotationPolicy(key, { expiryTime: 'P90D', actions: [] });
    },
  });
}

async function prepared(ground: Ground, title: string, name: string, what: Happening): Promise<Story> {
  const account = await encryptedAccount(ground, name, `${name}-cmk`);
  const identifier = account.customerKey.inUse() ?? '';
  const target = await adopted(
    ground,
    versionTarget(`${name}-key-id`, account, 'batch-cmk', identifier),
    atRest(3_000),
  );
  return { title, tell: () => tell(ground, account, target, what) };
}

const callers = { holdMs: 200, count: 3 };

async function tell(ground: Ground, account: BatchAccount, target: DemoTarget, what: Happening): Promise<Told> {
  const { vault } = ground.scene;
  const { follows: key = '' } = target;
  const users = ground.use(vaultReaders(ground, target, callers));
  await found(ground, 'the first calls', () => users.trails.every(({ calls }) => calls > 0) || undefined);
  const course = follow(ground, target, Date.now());
  ground.tell(target, what.sentence);
  what.happen(vault.keys, key);
  const movedMs = await found(ground, `${account.name} on another version`, () =>
    account.customerKey.inUse() === target.firstValue ? undefined : Date.now(),
  );
  const publishedMs = await course.published();
  const completedMs = await course.completed();
  const cause = await heard(course, `Microsoft.KeyVault.${what.event}`, completedMs);
  await users.stop();
  const { calls, failed } = tallyOf(users.trails);
  ground.tell(target, `${what.event} → account on the new version: ${spanOf(movedMs - course.sinceMs)}`);
  ground.tell(target, `calls to the account: ${calls}; without access to its key: ${failed}`);
  const promises = {
    ...cause.promises,
    'the account has its key at every moment': calls > 0 && failed === 0,
    'the account uses what the secret names': account.customerKey.inUse() === currentKey(vault, target),
    ...replaced(ground, target, vault.keys.versions(key)),
  };
  return told({ by: cause.by, course, users, publishedMs, completedMs, promises });
}
