/** The parts of the ARM id of a resource in a resource group. */
export interface ArmId {
  readonly subscription: string;
  readonly group: string;
  /** Lower case, as in `microsoft.batch/batchaccounts`. */
  readonly type: string;
  readonly name: string;
}

/**
 * A segment is letters of any script, digits and `_.()-`, and never a way out of its path. So an id can be the name of
 * a blob and a part of a URL, no matter who wrote it.
 */
const segment = String.raw`(?!\.{1,2}(?:/|$))([\w.()\u00c0-\u1fff\u2c00-\ud7ff-]+)`;
const type = String.raw`([a-z]+(?:\.[a-z]+)*/[a-z]+)`;
const shape = new RegExp(`^/subscriptions/${segment}/resourcegroups/${segment}/providers/${type}/${segment}/?$`, 'i');

/** Whether the text names a resource in a resource group. */
export function isArmId(text: string): boolean {
  return parseArmId(text).name !== '';
}

/** Total: all parts are empty in a text that is no such id. The resource of a target always is one. */
export function parseArmId(resource: string): ArmId {
  const [, subscription = '', group = '', type = '', name = ''] = shape.exec(resource) ?? [];
  return { subscription, group, type: type.toLowerCase(), name };
}
