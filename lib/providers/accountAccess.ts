import { parseArmId } from '../model/armId.ts';
import { undefinedIf } from '../model/operationError.ts';
import type { ProviderDeps, ProviderInput } from './provider.ts';

/** Throws if the account does not work, which its GET does not tell. Passes if this app may not read pools. */
export async function assertAccountAnswers({ clients }: ProviderDeps, { target }: ProviderInput): Promise<void> {
  const { subscription, group, name } = parseArmId(target.resource);
  const pools = clients.batch(subscription).poolOperations.listByBatchAccount(group, name, { maxresults: 1 });
  await undefinedIf('forbidden', pools.next());
}
