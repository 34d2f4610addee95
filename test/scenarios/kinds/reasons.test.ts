import { hour } from '../../../lib/model/clock.ts';
import { ofCertificates } from '../../../lib/model/reasons/certificates.ts';
import { ofKeys } from '../../../lib/model/reasons/keys.ts';
import { certificatePlays } from './reasons/certificates.ts';
import { heard } from './reasons/heard.ts';
import { keyPlays } from './reasons/keys.ts';
import { unfitAccounts, unfitKeys } from './reasons/unfit.ts';
import { countCalls, countVersions, createDueCmk, keyInUse, secretState } from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

const unfit = [...unfitKeys, ...unfitAccounts];

test.each(unfit)('%s: told as %s, and nothing is made or changed', async (_sentence, reason, arrange) => {
  const target = await createDueCmk();
  await arrange(target);
  const before = {
    used: keyInUse(target.account),
    value: secretState(target.app).value,
    countVersions: countVersions(target.app),
  };
  await target.app.run(hour);
  expect([...heard(target.app)]).toContain(reason);
  expect({
    used: keyInUse(target.account),
    value: secretState(target.app).value,
    countVersions: countVersions(target.app),
  }).toEqual(before);
  expect([countCalls(target.app, 'batch.update'), countCalls(target.app, 'rotateKey')]).toEqual([0, 0]);
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
