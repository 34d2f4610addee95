import { hour, minute } from '../../../lib/model/clock.ts';
import { policy, seeded, type Wanted } from '../../scenarios/kinds/poolCertificateStage.ts';
import { run } from '../../scenarios/situations/play.ts';
import { heard, type Heard, type Story } from './heard.ts';

/** What a check rests on is told, and whom it is about. */
export const certificateStories: readonly Story[] = [
  ['a certificate that its owner renewed', () => renewed({})],
  ['a certificate of nodes that nobody lets us see', () => renewed({}, unseen)],
  ['a certificate that a pool has pinned', () => renewed({ observed: (url, version) => `${url}/${version}` })],
];

async function renewed(wanted: Wanted, before: (b: Heard) => void = () => undefined): Promise<Heard> {
  const b = await heard();
  before(b);
  await seeded(b, wanted);
  await b.sweep();
  await b.vault.createCertificate('tls', policy);
  await run(b, 9 * hour, 5 * minute);
  return b;
}

function unseen({ azure: { core } }: Heard): void {
  core.faults.plan({ operation: 'batchData.nodes', effect: { kind: 'status', status: 403 }, lasting: true });
}
