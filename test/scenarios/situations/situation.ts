import type { Effect } from '../../../infra/azure-emulator/src/index.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import type { NewSecret, TestApp } from '../../support/createTestApp.ts';

/** What is wrong with a target that is due, put there by a person or by Azure; and the word for it. */
export interface Situation {
  readonly sentence: string;
  readonly arrange: (app: TestApp) => Promise<void>;
  readonly reason: Reason;
  readonly code?: string;
}

/** A Batch account and its secret, which differs so. */
export function batchSecret(wanted: NewSecret): Situation['arrange'] {
  return async (app) => {
    app.newSecret(await app.newBatch(), wanted);
  };
}

/** Every request for this operation meets this. */
export function struck(operation: string, effect: Effect): Situation['arrange'] {
  return async (app) => {
    app.newSecret(await app.newBatch());
    app.azure.core.faults.plan({ operation, lasting: true, effect });
  };
}

export function status(code: number, word: string): Effect {
  return { kind: 'status', status: code, body: { error: { code: word, message: 'No.' } } };
}
