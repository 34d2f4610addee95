import { hour } from '../../../lib/model/clock.ts';
import { ofCertificates } from '../../../lib/model/reasons/certificates.ts';
import { ofKeys } from '../../../lib/model/reasons/keys.ts';
import { asked, cmk, inUse, stands, versions } from './batchCmkStage.ts';
import { certificatePlays } from './reasons/certificates.ts';
import { heard } from './reasons/heard.ts';
import { keyPlays } from './reasons/keys.ts';
import { unfitAccounts, unfitKeys } from './reasons/unfit.ts';

jest.setTimeout(60_000);

const unfit = [...unfitKeys, ...unfitAccounts];

test.each(unfit)('%s: told as %s, and nothing is made or changed', async (_sentence, reason, arrange) => {
  const s = await cmk();
  await arrange(s);
  const before = { used: inUse(s.account), value: stands(s.b).value, versions: versions(s.b) };
  await s.b.live(hour);
  expect([...heard(s.b)]).toContain(reason);
  expect({ used: inUse(s.account), value: stands(s.b).value, versions: versions(s.b) }).toEqual(before);
  expect([asked(s.b, 'batch.update'), asked(s.b, 'rotateKey')]).toEqual([0, 0]);
});

test.each([...keyPlays, ...certificatePlays])('%s: told as %s', async (_sentence, reason, play) => {
  expect([...heard(await play())]).toContain(reason);
});

test.each([
  ['customer-managed keys', ofKeys, [...unfit, ...keyPlays]],
  ['certificates of pools', ofCertificates, certificatePlays],
])('every reason of the dictionary for %s is told in one of these situations', (_group, dictionary, rows) => {
  const found = new Set<string>(rows.map(([, reason]) => reason));
  expect([...found].sort()).toEqual(Object.keys(dictionary).sort());
});
