import { z } from 'zod';
import type { Arm } from './arm.ts';
import { OperationError } from '../model/operationError.ts';

const shape = z.object({ data: z.array(z.record(z.string(), z.unknown())), $skipToken: z.string().optional() });
export type Row = z.output<typeof shape>['data'][number];

/** Resource Graph: every subscription that the identity may read, 1,000 rows a call. Throws `Failure` only. */
export type ResourceGraph = (query: string) => Promise<readonly Row[]>;

export function resourceGraph(arm: Arm): ResourceGraph {
  return async (query) => {
    const rows: Row[] = [];
    let more: string | undefined;
    do {
      const page = { $top: 1000, ...(more && { $skipToken: more }) };
      const options = { resultFormat: 'objectArray', authorizationScopeFilter: 'AtScopeAboveAndBelow', ...page };
      const answer = await arm.post('/providers/Microsoft.ResourceGraph/resources', '2024-04-01', { query, options });
      const read = shape.safeParse(answer);
      if (!read.success) throw new OperationError('refused', { code: 'GraphAnswer' });
      rows.push(...read.data.data);
      more = read.data.$skipToken;
    } while (more);
    return rows;
  };
}
