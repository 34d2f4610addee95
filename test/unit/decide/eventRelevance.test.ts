import { whyIrrelevant } from '../../../lib/decide/eventRelevance.ts';
import type { VisitRequest } from '../../../lib/model/state.ts';
import { claim, rotation, situation, type Overrides } from './situation.ts';

const created = { cause: 'new-version', version: 'v1' } as const;
const expires = { cause: 'near-expiry', version: 'v1' } as const;
const older = { cause: 'near-expiry', version: 'v0' } as const;

const rows: [sentence: string, ask: VisitRequest, different: Overrides, reason: string | undefined][] = [
  ['a timer is always worth an inspection', { cause: 'schedule' }, {}, undefined],
  ['a regenerated key is always worth an inspection', { cause: 'drift' }, {}, undefined],
  ['the near expiry of the current version', expires, {}, undefined],
  ['the near expiry of another version', older, {}, 'superseded'],
  ['the expiry of another version', { cause: 'expired', version: 'v0' }, {}, 'superseded'],
  ['a new version that is no longer the current one', { ...created, version: 'v0' }, {}, 'superseded'],
  ['R19: a version of ours, as we wrote it', created, {}, 'own-version'],
  [
    'R19: a version of ours in its overlap',
    created,
    { state: { rotation: rotation({ phase: 'revoke' }) } },
    'own-version',
  ],
  [
    'R19: a version of ours that is not announced yet',
    created,
    { state: { rotation: rotation({ phase: 'verify' }) } },
    undefined,
  ],
  ['R19: a version of ours whose state is lost', created, { binding: 'lost' }, undefined],
  ['a version of another writer', created, { claim: { ...claim, version: 'v0' } }, undefined],
  ['a version of a secret that is no target yet', created, { claim: undefined }, undefined],
  ['a version of a secret that is not the target of its resource', created, { claim: 'of-another' }, undefined],
];

test.each(rows)('%s', (_sentence, request, different, reason) => {
  expect(whyIrrelevant(request, situation(different))).toBe(reason);
});
