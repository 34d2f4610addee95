export { loadApp } from './app.ts';
export type { App, Env } from './app.ts';
export type { Binding, FunctionMetadata } from './functionsCore.ts';
export { startHost } from './host.ts';
export type { Host, HostOptions } from './host.ts';
export type { FunctionIndex, IndexedFunction } from './indexing.ts';
export type { Keys } from './keys.ts';
export type { ScheduleStatuses } from './timers.ts';
