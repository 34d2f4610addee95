import {
  dueAt,
  isDueForEvent,
  expiryOf,
  overlapEnd,
  isValidityTooShort,
  type DatedSecret,
} from '../../../lib/decide/due.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import type { TargetOptions } from '../../../lib/model/target.ts';
import { onDay, firstDay, options } from './situation.ts';

function dated(wanted: Partial<TargetOptions> = {}, expiresOn?: Date): DatedSecret {
  return {
    target: { options: { ...options, ...wanted } },
    secret: { createdOn: firstDay, ...(expiresOn && { expiresOn }) },
  };
}

describe('a secret expires', () => {
  test.each([
    ['a validity after it was made', dated(), 90],
    ['when its own expiry comes earlier', dated({}, onDay(40)), 40],
    ['a validity after it was made, where its own expiry comes later', dated({}, onDay(400)), 90],
  ])('%s', (_sentence, secret, days) => {
    expect(expiryOf(secret)).toEqual(onDay(days));
  });
});

describe('a rotation is due', () => {
  test.each([
    ['30 days before expiry for a validity of 90 days', dated(), 0, onDay(60)],
    ['30 days before expiry for a validity of 60 days', dated({ validityMs: 60 * day }), 0, onDay(30)],
    [
      'a third of the validity before expiry for 59 days',
      dated({ validityMs: 59 * day }),
      0,
      later(firstDay, (59 * day * 2) / 3),
    ],
    ['after 6 days and 16 hours for 10 days', dated({ validityMs: 10 * day }), 0, onDay(6, 16)],
    ['a lead before expiry where a tag names one', dated({ leadMs: 10 * day }), 0, onDay(80)],
    ['30 days before the secret’s own expiry', dated({}, onDay(45)), 0, onDay(15)],
    ['up to a day earlier by jitter', dated(), 1, onDay(59)],
    ['half of it earlier by half the jitter', dated(), 0.5, onDay(59, 12)],
    ['at most a twentieth of a short validity earlier', dated({ validityMs: 10 * day }), 1, onDay(6, 4)],
  ])('%s', (_sentence, secret, jitter, due) => {
    expect(dueAt(secret, jitter)).toEqual(due);
  });
});

describe('R14: an event', () => {
  test.each([
    ['starts what is due', dated(), onDay(60), true],
    ['starts what is due within an hour', dated(), later(onDay(60), -hour), true],
    ['starts nothing a minute earlier', dated(), later(onDay(60), -hour - minute), false],
    [
      'starts nothing at birth, when Key Vault tells of the near expiry of 10 days',
      dated({ validityMs: 10 * day }),
      firstDay,
      false,
    ],
  ])('%s', (_sentence, secret, now, isDue) => {
    expect(isDueForEvent(secret, now)).toBe(isDue);
  });
});

describe('a validity is', () => {
  test.each([
    [
      'long enough where a day more than the overlap is left before the lead',
      { validityMs: 60 * day, overlapMs: 29 * day },
      false,
    ],
    ['too short where a second less is left', { validityMs: 60 * day, overlapMs: 29 * day + 1000 }, true],
    ['too short at three days and the default overlap', { validityMs: 3 * day }, true],
    ['long enough at four days and the default overlap', { validityMs: 4 * day }, false],
    ['too short where the lead takes all of it', { leadMs: 90 * day }, true],
  ])('%s', (_sentence, wanted, isTooShort) => {
    expect(isValidityTooShort({ ...options, ...wanted })).toBe(isTooShort);
  });
});

test('consumers of the version before are given the overlap from the creation of a version', () => {
  expect(overlapEnd(dated())).toEqual(onDay(1, 1));
});
