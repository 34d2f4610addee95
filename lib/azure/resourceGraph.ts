import { z } from 'zod';
import { OperationError } from '../model/operationError.ts';
import type { Arm } from './arm.ts';
import { readPages } from './pages.ts';

const row = z.record(z.string(), z.unknown());
const page = z.object({ data: z.array(row), $skipToken: z.string().optional() });
export type Row = z.output<typeof row>;

/** Queries Resource Graph over every subscription that the identity may read, 1,000 rows a call. */
export type ResourceGraph = (query: string) => Promise<readonly Row[]>;

export function resourceGraph(arm: Arm): ResourceGraph {
  return (query) =>
    readPages(async ($skipToken) => {
      const scope = { resultFormat: 'objectArray', authorizationScopeFilter: 'AtScopeAboveAndBelow' };
      const options = { ...scope, $top: 1000, ...($skipToken && { $skipToken }) };
      const answer = await arm.post('/providers/Microsoft.ResourceGraph/resources', '2024-04-01', { query, options });
      const read = page.safeParse(answer);
      if (!read.success) throw new OperationError('outage', { code: 'GraphAnswer' });
      return { items: read.data.data, next: read.data.$skipToken || undefined }; // an empty text ends the list
    });
}
