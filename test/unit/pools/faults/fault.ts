import type { Reason } from '../../../../lib/model/reason.ts';
import type { Wanted } from '../../../../lib/pools/finding.ts';
import type { PoolBody } from '../../../../lib/pools/poolView.ts';

/** A pool with one fault, where its auditor knows so much more; and the word for it. */
export type Fault = [sentence: string, reason: Reason, pool: PoolBody, more?: Partial<Wanted>];
