import { DateTime, Duration } from 'luxon';
import { badParameter } from '../errors.ts';
import type { Version } from '../versionedStore.ts';

interface LifetimeAction {
  readonly type: 'Rotate' | 'Notify';
  readonly timeAfterCreate?: string | undefined;
  readonly timeBeforeExpiry?: string | undefined;
}

export interface RotationRules {
  /** What a rotation gives the new version to live; durations are ISO 8601. */
  readonly expiryTime?: string | undefined;
  readonly actions: readonly LifetimeAction[];
}

export interface RotationPolicy extends RotationRules {
  readonly createdOn: Date;
  readonly updatedOn: Date;
}

const dayMs = 86_400_000;
const leastExpiryMs = 28 * dayMs;
const leastTriggerMs = 7 * dayMs;
/** Part of every policy that does not say otherwise; seen in the recorded answers of Azure/azure-sdk-for-js. */
const notify: LifetimeAction = { type: 'Notify', timeBeforeExpiry: 'P30D' };
export const defaultRotationRules: RotationRules = { actions: [notify] };

/**
 * The rules as Key Vault keeps them, or its refusal: an expiry of 28 days at least, 7 days from creation and from
 * expiry (MicrosoftDocs/azure-security-docs, key-vault/keys/how-to-configure-key-rotation.md).
 */
export function validateRotationPolicy({ expiryTime, actions }: RotationRules): RotationRules {
  const types = actions.map(({ type }) => type);
  if (new Set(types).size < types.length) throw badParameter('A policy has one action of a type at most.');
  const expiryMs = expiryTime === undefined ? undefined : lengthMs(expiryTime);
  if (expiryMs !== undefined && expiryMs < leastExpiryMs) throw badParameter('expiryTime must be 28 days at least.');
  for (const action of actions) checkAction(action, expiryMs);
  return { expiryTime, actions: types.includes('Notify') ? actions : [...actions, notify] };
}

function checkAction({ type, timeAfterCreate, timeBeforeExpiry }: LifetimeAction, expiryMs: number | undefined): void {
  const triggers = [timeAfterCreate, timeBeforeExpiry].filter((each) => each !== undefined);
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) throw badParameter('An action has one trigger.');
  if (lengthMs(trigger) < leastTriggerMs) throw badParameter('A trigger must be 7 days at least.');
  if (type === 'Rotate') checkRotation(trigger, expiryMs ?? (timeBeforeExpiry === undefined ? Infinity : 0));
  else if (timeBeforeExpiry === undefined) throw badParameter('Notify knows timeBeforeExpiry only.');
}

/** Before an expiry that no policy sets there is no time to rotate. */
function checkRotation(trigger: string, expiryMs: number): void {
  if (expiryMs - lengthMs(trigger) >= leastTriggerMs) return;
  throw badParameter('A rotation must be 7 days away from creation and from the expiry that the policy sets.');
}

/** When the policy rotates a key whose current version this is; not before the policy was there. */
export function rotationDueMs(policy: RotationPolicy, { createdOn, expiresOn }: Version): number {
  const action = policy.actions.find(({ type }) => type === 'Rotate');
  if (action?.timeAfterCreate !== undefined)
    return notBeforePolicy(policy, addDuration(createdOn, action.timeAfterCreate));
  if (action?.timeBeforeExpiry === undefined || !expiresOn) return Infinity;
  return notBeforePolicy(policy, subtractDuration(expiresOn, action.timeBeforeExpiry));
}

/** When the key is near its expiry, which it is only where the policy has an expiry and the key too. */
export function nearExpiryMs({ expiryTime, actions }: RotationRules, { expiresOn }: Version): number {
  const lead = actions.find(({ type }) => type === 'Notify')?.timeBeforeExpiry;
  return lead === undefined || expiryTime === undefined || !expiresOn
    ? Infinity
    : subtractDuration(expiresOn, lead).getTime();
}

export function addDuration(date: Date, duration: string): Date {
  return DateTime.fromJSDate(date, { zone: 'utc' }).plus(Duration.fromISO(duration)).toJSDate();
}

function subtractDuration(date: Date, duration: string): Date {
  return DateTime.fromJSDate(date, { zone: 'utc' }).minus(Duration.fromISO(duration)).toJSDate();
}

function notBeforePolicy({ updatedOn }: RotationPolicy, date: Date): number {
  return Math.max(date.getTime(), updatedOn.getTime());
}

function lengthMs(duration: string): number {
  if (!Duration.fromISO(duration).isValid) throw badParameter(`${duration} is no ISO 8601 duration.`);
  return addDuration(new Date(0), duration).getTime();
}
