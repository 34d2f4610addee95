import { undefinedIf } from '../model/operationError.ts';
import { parseArmId } from '../model/armId.ts';
import type { ProviderDeps, ProviderInput } from './provider.ts';

/** Does the account work? Its GET does not tell. Where this app may not read pools, it is taken to. */
export async function assertAccountAnswers(
  { clients }: ProviderDeps,
  { target }: Pick<ProviderInput, 'target'>,
): Promise<void> {
  const { subscription, group, name } = parseArmId(target.resource);
  const first = clients.batch(subscription).poolOperations.listByBatchAccount(group, name, { maxresults: 1 });
  await undefinedIf('forbidden', first.next());
}
