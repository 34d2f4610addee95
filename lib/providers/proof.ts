import {
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { valid, type Check } from '../model/check.ts';
import type { Sealed } from '../model/sealed.ts';
import { operationErrorFrom } from '../azure/errors.ts';

export type ProbeAnswer = { readonly is: 'accepted' } | { readonly is: 'refused' | 'unclear'; readonly code?: string };
export type Probe = (key: string) => Promise<ProbeAnswer>;

/**
 * Accepted proves something only where a random key is refused; refused only where the known-good `control` is
 * accepted. Without a control a refusal stands for itself.
 */
export async function proveKey(probe: Probe, randomKey: string, key: Sealed, control?: Sealed): Promise<Check> {
  const answer = await probe(key.open());
  switch (answer.is) {
    case 'accepted':
      return (await probe(randomKey)).is === 'refused' ? valid : unknown({});
    case 'refused':
      if (control && (await probe(control.open())).is !== 'accepted') return unknown(answer);
      return { is: 'invalid', reason: 'proof-refused', ...codeOf(answer) };
    case 'unclear':
      return unknown(answer);
  }
}

function unknown(answer: { code?: string }): Check {
  return { is: 'unknown', reason: 'proof-unknown', ...codeOf(answer) };
}

function codeOf({ code }: { code?: string }): { code?: string } {
  return code ? { code } : {};
}

interface Request {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One signed request, no retry. What does not answer is unclear. */
export async function sendProbe(
  http: HttpClient,
  { method, url, headers }: Request,
  read: (response: PipelineResponse) => ProbeAnswer,
): Promise<ProbeAnswer> {
  const request = createPipelineRequest({ method, url, timeout: 10_000 });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  try {
    return read(await http.sendRequest(request));
  } catch (error) {
    const { code } = operationErrorFrom(error).detail;
    return { is: 'unclear', ...codeOf({ ...(code && { code }) }) };
  }
}
