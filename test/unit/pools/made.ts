import { definitionFrom, type Definition, type Unmade } from '../../../lib/pools/definition.ts';
import type { PoolBody } from '../../../lib/pools/poolView.ts';
import type { Members } from '../../../lib/pools/schemas.ts';

export function made(found: Definition | Unmade): Definition {
  if ('missing' in found) throw new Error(`missing: ${found.missing}`);
  return found;
}

/** Without options. */
export function from(pool: PoolBody): Definition {
  return made(definitionFrom(pool, { certificates: [] }));
}

export function machineIn({ properties }: PoolBody): Members {
  return (properties['deploymentConfiguration'] as { virtualMachineConfiguration: Members })
    .virtualMachineConfiguration;
}
