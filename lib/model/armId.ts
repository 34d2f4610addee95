/** The parts of the ARM id of a resource in a resource group. */
export interface ArmId {
  readonly subscription: string;
  readonly group: string;
  /** Lower case, as in `microsoft.batch/batchaccounts`. */
  readonly type: string;
  readonly name: string;
}

const shape = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)\/?$/i;

/** Total: all parts are empty in a text that is no such id. The resource of a target always is one. */
export function parseArmId(resource: string): ArmId {
  const [, subscription = '', group = '', type = '', name = ''] = shape.exec(resource) ?? [];
  return { subscription, group, type: type.toLowerCase(), name };
}
