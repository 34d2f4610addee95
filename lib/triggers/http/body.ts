import type { HttpRequest } from '@azure/functions';
import { inTime, second, type Clock } from '../../model/clock.ts';
import type { Problem } from '../../model/problem.ts';

/** A body of this size arrives at once. A sender that needs longer would use up the time for the answer. */
const patienceMs = 5 * second;

type Body = Pick<HttpRequest, 'headers' | 'body'>;

/**
 * Reads the text of a body, or returns why it cannot be read.
 *
 * A body that is too large, or too slow, is refused before it is complete, and nothing of it is kept. The rest is still
 * taken from the wire: the host sends a whole body before it reads the answer, and would wait for ever if we stopped
 * reading (azure-facts: Functions host).
 */
export async function readBody(
  { clock }: { readonly clock: Pick<Clock, 'after'> },
  { headers, body }: Body,
  longestBytes: number,
): Promise<string | Problem> {
  if (!/^(identity)?$/i.test(headers.get('content-encoding')?.trim() ?? '')) return encoded;
  if (Number(headers.get('content-length')) > longestBytes) return tooLarge(longestBytes);
  try {
    const bytes = body ? bytesOf(body, longestBytes) : Promise.resolve(Buffer.alloc(0));
    const read = await inTime(clock, patienceMs, bytes);
    if (read === 'late') return tooSlow;
    return Buffer.isBuffer(read.value) ? textOf(read.value) : read.value;
  } catch {
    return incomplete; // the caller went away, or its framing is broken
  }
}

function bytesOf(body: NonNullable<Body['body']>, longestBytes: number): Promise<Buffer | Problem> {
  return new Promise((resolve, reject) => {
    readAll().catch(reject);

    async function readAll(): Promise<void> {
      let chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        length += chunk.length;
        if (length <= longestBytes) chunks.push(chunk);
        else {
          chunks = [];
          resolve(tooLarge(longestBytes));
        }
      }
      resolve(Buffer.concat(chunks));
    }
  });
}

function textOf(bytes: Buffer): string | Problem {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return notUtf8;
  }
}

function tooLarge(longestBytes: number): Problem {
  return { status: 413, title: 'Body too large', detail: `At most ${longestBytes} bytes.` };
}

const encoded: Problem = {
  status: 415,
  title: 'Body encoded',
  detail: 'Send the body without Content-Encoding.',
};
const tooSlow: Problem = {
  status: 408,
  title: 'Body too slow',
  detail: `The body should arrive within ${patienceMs / second} seconds.`,
};
const incomplete: Problem = {
  status: 400,
  title: 'Body not complete',
  detail: 'The connection ended before the body did.',
};
const notUtf8: Problem = {
  status: 400,
  title: 'Body not understood',
  detail: 'Send JSON in UTF-8.',
};
