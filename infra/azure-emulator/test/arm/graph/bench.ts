import { bench } from '../bench.ts';
import type { Bench } from '../bench.ts';

/** A query's answer, or its error, with the status it came with. */
interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly totalRecords: number;
  readonly count: number;
  readonly data: readonly Record<string, unknown>[];
  readonly resultTruncated: string;
  readonly $skipToken?: string;
  readonly error?: { readonly code: string; readonly details: readonly Record<string, unknown>[] };
}

export interface GraphBench extends Bench {
  query(query: string, more?: object): Promise<Answered>;
}

/** The bench with a way to ask Resource Graph. */
export async function graphBench(): Promise<GraphBench> {
  const azure = await bench();
  async function query(text: string, more: object = {}): Promise<Answered> {
    const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
    const answer = await azure.callArm('POST', path, { body: JSON.stringify({ query: text, ...more }) });
    return { ...((await answer.json()) as Answered), status: answer.status, headers: answer.headers };
  }
  return { ...azure, query };
}
