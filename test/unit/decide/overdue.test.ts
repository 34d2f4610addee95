import { overdueSince } from '../../../lib/decide/overdue.ts';
import type { ListedTarget } from '../../../lib/model/snapshot.ts';
import type { State } from '../../../lib/model/state.ts';
import type { TargetOptions } from '../../../lib/model/target.ts';
import { onDay, newBinding, firstDay, target, options } from './situation.ts';

type More = {
  readonly state?: Partial<State>;
  readonly ownOptions?: Partial<TargetOptions>;
  readonly expiresOn?: Date;
};

/** Good for 90 days, and due 30 days before. */
function listed({ state = {}, ownOptions = {}, ...dates }: More): ListedTarget {
  const whole = { refusals: 0, stateBinding: newBinding(), ...state };
  return { target: { ...target, options: { ...options, ...ownOptions } }, state: whole, createdOn: firstDay, ...dates };
}

function waits(reason: 'key-pinned' | 'forbidden'): More {
  return { state: { wait: { reason, since: onDay(50), until: onDay(95) } } };
}

test.each<[sentence: string, More, atDay: number, reason: string | undefined]>([
  ['that just became due is not late', {}, 61, undefined],
  ['two days past its due date is overdue', {}, 62, 'overdue'],
  ['past its validity is past its expiry', {}, 90, 'past-expiry'],
  ['past its own date is, whatever its validity', { expiresOn: onDay(40) }, 40, 'past-expiry'],
  ['that cannot be rotated is late all the same', waits('forbidden'), 62, 'overdue'],
  ['that the service rotates by itself is never late', waits('key-pinned'), 95, undefined],
  ['that is paused is never late', { ownOptions: { paused: true } }, 95, undefined],
])('a target %s', (_sentence, more, atDay, reason) => {
  expect(overdueSince(listed(more), onDay(atDay))?.reason).toBe(reason);
});
