/** Names of kinds and scenarios. This file imports nothing, so that a plan or a test can list them cheaply. */
export const keyKinds = ['batch', 'signalr'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** Kinds whose credential is a version of a key or certificate. */
export const versionKinds = ['batch-cmk', 'pool-certificate'] as const;
export type VersionKind = (typeof versionKinds)[number];

/** Where a rotation stands when an emergency is declared. */
export const moments = [
  'at rest',
  'before generate',
  'after generate',
  'before publish',
  'after publish',
  'in the overlap',
  'before revoke',
  'after revoke',
] as const;
export type Moment = (typeof moments)[number];

/** Schedules and histories that broke a promise once, at their shortest; and tests of a single moment. */
export const regressions = [
  'promise 5: a key stands in the tags before it is replaced',
  'R6: a tag of the owner that was set while a key is proved for a minute is kept',
  'R7: a live key that is replaced while the old one ends is repaired before rest',
  'R12: the claim protects what a corrected tag named when a late write puts the old tags back',
  'R6: no version is disabled on an old read of the tags',
  'R21: a new standby that leaked is not published',
  'R11: the quiet period of a restored secret outlives a failing write',
  'R11: a quiet period that is over does not stand in the way of the next one',
  'R24: losing the state loses no protection',
  'R21: consumers seen on the version before do not shorten the overlap',
  'R23: a repair answers no notice',
  'R23: an emergency of the standby alone answers no notice',
  'R23: after a repair the notice that was answered before begins nothing',
  'batch-cmk: a version that a person made since the first inspection is used, and no other is made',
  'pool-certificate: a version that a person made since the first inspection is used, and no other is made',
  'batch-cmk: an account that answers with its old version for minutes is not believed',
  'batch-cmk: two accounts that share a key have one version made, whatever becomes of the request for it',
] as const;
export type Regression = (typeof regressions)[number];
