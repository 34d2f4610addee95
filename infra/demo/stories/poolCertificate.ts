import type { Pool } from '../../azure-emulator/src/index.ts';
import { place, versionTarget } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import { adopted, atRest } from './adopted.ts';
import { announced, follow } from './course.ts';
import { found } from './ground.ts';
import type { Ground } from './ground.ts';
import { heard } from './heard.ts';
import { certificateMade, observingPool } from './observingPool.ts';
import { replaced } from './replaced.ts';
import { spanOf, told } from './told.ts';
import type { Story, Told } from './told.ts';

/** Once an hour is usual. */
const pollSeconds = 2;
/** The local Azure's own ten seconds would be the app's too: no node could be seen before it looks. */
const issuanceMs = 2_000;
const name = 'painting-tls';

/** A certificate that nodes fetch is in the last month of its year, and nothing renews it. */
export async function certificateNearsExpiry(ground: Ground): Promise<Story> {
  const { vault } = ground.scene;
  const account = await ground.azure.createBatchAccount({ ...place, name: 'painting' });
  const first = await certificateMade(vault, name, 340);
  vault.certificates.issuance.takesMs = issuanceMs;
  const pool = observingPool(ground, account, `${vault.uri}/secrets/${name}`, pollSeconds);
  const wanted = versionTarget('painting-tls-id', account, 'pool-certificate', first);
  const target = await adopted(ground, wanted, atRest(3_000));
  return { title: 'pool certificate', tell: () => tell(ground, pool, target) };
}

async function tell(ground: Ground, pool: Pool, target: DemoTarget): Promise<Told> {
  const { vault } = ground.scene;
  const course = follow(ground, target, Date.now());
  ground.azure.eventGrid.emit('CertificateNearExpiry', vault, name);
  const polling = `its ${pool.nodes.length} nodes look every ${pollSeconds} s for a version`;
  ground.tell(target, `Key Vault tells that its certificate is near its expiry; ${polling}`);
  const installedMs = await found(ground, 'the new version on all nodes', () =>
    haveNewest(ground, pool) ? Date.now() : undefined,
  );
  ground.tell(target, `CertificateNearExpiry → installed on all nodes: ${spanOf(installedMs - course.sinceMs)}`);
  const publishedMs = await course.published();
  const { time, data } = await announced(ground, target, 'Keyturn.Rotation.Completed', course.sinceMs);
  const completedMs = time.getTime();
  const cause = await heard(course, 'Microsoft.KeyVault.CertificateNearExpiry', completedMs);
  ground.tell(target, `completed on the evidence: ${data.evidence ?? 'none'}`);
  const promises = {
    ...cause.promises,
    'the app has seen it on the nodes': data.evidence === 'seen-on-nodes',
    'all nodes have it': haveNewest(ground, pool),
    ...replaced(ground, target, vault.certificate(name).versions),
  };
  return told({ by: cause.by, course, publishedMs, completedMs, promises });
}

/** By what is in their stores, which no API tells. */
function haveNewest({ scene: { vault } }: Ground, { nodes }: Pool): boolean {
  const { versions } = vault.certificate(name);
  const newest = versions.at(-1)?.version;
  return versions.length > 1 && nodes.every(({ installed }) => [...installed.values()].join() === newest);
}
