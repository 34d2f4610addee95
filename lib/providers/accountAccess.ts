import { calling } from '../azure/errors.ts';
import { Failure } from '../model/operationError.ts';
import { armId } from '../azure/armId.ts';
import type { Means, View } from './provider.ts';

/** Does the account work? Its GET does not tell. Where this app may not read pools, it is taken to. */
export async function assertAnswers({ clients }: Means, { target }: Pick<View, 'target'>): Promise<void> {
  const { subscription, group, name } = armId(target.resource);
  const first = clients.batch(subscription).poolOperations.listByBatchAccount(group, name, { maxresults: 1 });
  try {
    await calling(() => first.next());
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'forbidden') throw error;
  }
}
