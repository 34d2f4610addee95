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
