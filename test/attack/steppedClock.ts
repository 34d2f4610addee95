import process from 'node:process';

/**
 * Loaded into a host before anything else (`node --import`): lets its parent move the host's clock, as a correction of
 * the time does. A message says how far it is ahead of the machine's. The monotonic clock is left alone.
 */
const MachineDate = Date;
let aheadMs = 0;
const now = (): number => MachineDate.now() + aheadMs;

globalThis.Date = new Proxy(MachineDate, {
  construct: (target, values: unknown[], newTarget: typeof Date) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget) as Date,
  apply: () => new MachineDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
MachineDate.prototype.constructor = globalThis.Date;

process.on('message', (message) => {
  if (typeof message === 'number') aheadMs = message;
});

/** A host does not outlive the attack. */
process.on('disconnect', () => process.exit());
