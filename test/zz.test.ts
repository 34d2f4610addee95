import { hour, minute } from '../lib/model/clock.ts';
import { due, run, value } from './situations/play.ts';
test('x', async () => {
  const { b } = await due({ KEYTURN_SETTLE: 'PT10H', KEYTURN_ADOPTION_GRACE: 'PT1H' });
  await b.sweep();
  const [dead, tags] = [value(b) ?? '', b.tags()];
  await run(b, 24 * hour);
  const n = b.said().length;
  for (let times = 0; times < 2; times += 1) {
    b.vault.setSecret('secret', dead, { tags });
    await run(b, 7 * hour, 5 * minute);
    console.log(b.said().slice(n).map((s) => `${s.type} ${s.data.reason} ${s.data['cause']} ${s.data['phase']}`), b.tags()['RotationPhase'], b.tags()['RotationProgress'], value(b) === dead);
  }
}, 60000);
