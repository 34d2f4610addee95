import { hour } from '../../../lib/model/clock.ts';
import { ofCertificates } from '../../../lib/model/reasons/certificates.ts';
import { ofKeys } from '../../../lib/model/reasons/keys.ts';
import { certificateSituations } from './reasons/certificates.ts';
import { keySituations } from './reasons/keys.ts';
import { unfitAccounts, unfitKeys } from './reasons/unfit.ts';
import { countCalls, countVersions, createDueCmk, keyInUse, secretState } from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

const unfit = [...unfitKeys, ...unfitAccounts];

test.each(unfit)('%s: %s is announced, and nothing is made or changed', async (_sentence, reason, arrange) => {
  const target = await createDueCmk();
  await arrange(target);
  const before = {
    used: keyInUse(target.account),
    value: secretState(target.app).value,
    versions: countVersions(target.app),
  };
  await target.app.run(hour);
  expect([...target.app.reasons()]).toContain(reason);
  expect({
    used: keyInUse(target.account),
    value: secretState(target.app).value,
    versions: countVersions(target.app),
  }).toEqual(before);
  expect([countCalls(target.app, 'batch.update'), countCalls(target.app, 'rotateKey')]).toEqual([0, 0]);
});

test.each([...keySituations, ...certificateSituations])('%s: %s is announced', async (_sentence, reason, run) => {
  expect([...(await run()).reasons()]).toContain(reason);
});

test.each([
  ['customer-managed keys', ofKeys, [...unfit, ...keySituations]],
  ['certificates of pools', ofCertificates, certificateSituations],
])('each reason of the dictionary for %s is announced in one of these situations', (_group, dictionary, rows) => {
  const found = new Set<string>(rows.map(([, reason]) => reason));
  expect([...found].sort()).toEqual(Object.keys(dictionary).sort());
});
