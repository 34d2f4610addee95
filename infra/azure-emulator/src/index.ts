export {
  QueryError,
  acceptedKeys,
  beginRegeneration,
  columns,
  commonAlert,
  deleteResource,
  healthRow,
  identityAt,
  isUpdating,
  issueKey,
  keysAt,
  principalsOf,
  runQuery,
} from './arm/index.ts';
export type {
  AlertForm,
  BatchAccount,
  ContainerApp,
  Encryption,
  HealthEvent,
  NewBatchAccount,
  NewPool,
  NewSignalR,
  NewSite,
  Pool,
  Resource,
  SignalRService,
  Site,
  Slot,
  VmExtension,
} from './arm/index.ts';
export { stringToSign } from './batch-data-plane/index.ts';
export { createLocalAzure } from './emulator.ts';
export type { LocalAzure } from './emulator.ts';
export { answerOf } from './event-grid/index.ts';
export type {
  CloudEvent,
  CustomTopic,
  Delivery,
  DeliveryEffect,
  Endpoint,
  EventGrid,
  NewSubscription,
  VaultEvent,
} from './event-grid/index.ts';
export type { Grant, KeyStore, NewKey, PolicyDocument, Vault, VaultRules, Version } from './key-vault/index.ts';
export { manualClock, systemClock } from './shared/clock.ts';
export type { SteerableClock } from './shared/clock.ts';
export type { Effect, Fault, FaultSpec } from './shared/faults.ts';
export type { Call, Journal } from './shared/journal.ts';
export { createTokens } from './shared/tokens.ts';
export { startAzurite } from './shells/azurite.ts';
export type { Azurite } from './shells/azurite.ts';
export { createCertificates } from './shells/certificates.ts';
export { credential, inProcessHttpClient } from './shells/inProcess.ts';
export { startLocalAzure } from './shells/tls.ts';
export type { RunningLocalAzure } from './shells/tls.ts';
