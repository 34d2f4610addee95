import { hour } from '../../../lib/model/clock.ts';
import { grant, identities, newKey, tags } from '../../scenarios/kinds/batchCmkStage.ts';
import { run } from '../../scenarios/situations/play.ts';
import { heard, type Heard, type Story } from './heard.ts';

export const keyStories: readonly Story[] = [['a wish that is refused, and taken back', withdrawn]];

/** The account was not made for keys of its owner. */
async function withdrawn(): Promise<Heard> {
  const b = await heard();
  b.vault.purgeProtection = true;
  const account = await b.newBatch({ identity: identities['system-assigned'], cmkAllowed: false });
  grant(account, b.vault);
  const RotationKey = newKey(b, b.vault, 'cmk');
  b.newSecret(account, { value: 'MICROSOFT.BATCH', ageDays: 5, tags: { ...tags, RotationKey } });
  await run(b, hour);
  const { RotationKey: _, ...others } = b.tags();
  b.vault.updateTags('secret', others);
  await run(b, 3 * hour);
  return b;
}
