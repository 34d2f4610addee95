export interface ArmId {
  readonly subscription: string;
  readonly group: string;
  readonly name: string;
}

/** The parts of a resource id that tags were checked to hold. */
export function parseArmId(resource: string): ArmId {
  const [, , subscription = '', , group = '', , , , name = ''] = resource.split('/');
  return { subscription, group, name };
}
