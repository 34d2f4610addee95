import { parsePhaseDue, phaseDueEvent, phaseDueType } from '../../../../lib/triggers/events/phaseDue.ts';
import { later } from '../../../../lib/model/clock.ts';
import { phases } from '../../../../lib/model/state.ts';
import { onDay, target } from '../../decide/situation.ts';
import { arrived, cloudEvent, vaultUrls } from './arrived.ts';

const since = onDay(60);
const now = later(since, 60_000);
const { secret, kind, resource } = target;

function came(more: object = {}) {
  return arrived(cloudEvent({ ...phaseDueEvent(target, 'revoke', since, now), ...more }));
}

test.each(phases)('an event for %s is understood by the function of that phase alone', (phase) => {
  const event = arrived(cloudEvent(phaseDueEvent(target, phase, since, now)));
  for (const asked of phases) {
    const expected = asked === phase ? { secret, kind, resource } : 'irrelevant';
    expect(parsePhaseDue(event, asked, vaultUrls)).toEqual(expected);
  }
});

test('the same thing due has the same id; another phase, time or target has another', () => {
  const other = { ...target, secret: { ...secret, name: 'other' } };
  const ids = [
    phaseDueEvent(target, 'revoke', since, now),
    phaseDueEvent(target, 'generate', since, now),
    phaseDueEvent(target, 'revoke', later(since, 1_000), now),
    phaseDueEvent(other, 'revoke', since, now),
  ].map(({ id }) => id);
  expect(phaseDueEvent(target, 'revoke', since, later(now, 1_000)).id).toBe(ids[0]);
  expect(new Set(ids).size).toBe(4);
});

const { data } = phaseDueEvent(target, 'revoke', since, now);

test.each([
  ['another type', { type: 'Keyturn.Rotation.Started' }, 'irrelevant'],
  ['a vault that is not listed', { subject: 'https://foreign.vault.azure.net/secrets/batch-key' }, 'wrong-origin'],
  ['a host that only begins like ours', { subject: 'https://kv.vault.azure.net.evil/secrets/a' }, 'wrong-origin'],
  ['a subject that is no secret', { subject: 'batch-key' }, 'unreadable'],
  ['a subject with a version', { subject: `https://kv.vault.azure.net/secrets/a/${'0'.repeat(32)}` }, 'unreadable'],
  ['no subject', { subject: undefined }, 'unreadable'],
  ['an unknown phase', { data: { ...data, phase: 'polish' } }, 'unreadable'],
  ['a way out of the container', { data: { ...data, resource: '/../keyturn-claims/x' } }, 'unreadable'],
  ['a way out in the middle', { data: { ...data, resource: resource.replace(/[^/]+$/, '..') } }, 'unreadable'],
  ['a part of the resource', { data: { ...data, resource: `${resource}/pools/p` } }, 'unreadable'],
  ['a number for the resource', { data: { ...data, resource: 7 } }, 'unreadable'],
  ['no kind', { data: { phase: 'revoke', resource } }, 'unreadable'],
  ['no data', { data: undefined }, 'unreadable'],
])('promise 9: dropped: %s', (_sentence, more, reason) => {
  expect(parsePhaseDue(came({ type: phaseDueType, ...more }), 'revoke', vaultUrls)).toBe(reason);
});
