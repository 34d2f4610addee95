import {
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { operationErrorFrom } from '../azure/errors.ts';
import { valid, type Check } from '../model/check.ts';
import type { Sealed } from '../model/sealed.ts';

export type ProbeAnswer =
  { readonly is: 'accepted' } | { readonly is: 'refused' | 'unclear'; readonly code?: string | undefined };
export type Probe = (key: string) => Promise<ProbeAnswer>;

/**
 * Proves a key by comparison, because one answer alone means little (promise 3, proved before published). A service
 * that lets everybody in would accept a dead key, so an accepted key counts only if a random key is refused. A service
 * with a fault would refuse a good key, so a refused key counts as bad only if the control, a key known to be good, is
 * accepted. Without a control a refusal stands for itself. Everything else leaves the key unproved.
 */
export async function proveKey(probe: Probe, randomKey: string, key: Sealed, control?: Sealed): Promise<Check> {
  const answer = await probe(key.open());
  if (answer.is === 'accepted') {
    return (await probe(randomKey)).is === 'refused' ? valid : { is: 'unknown', reason: 'proof-unknown' };
  }
  const { code } = answer;
  const isBad = answer.is === 'refused' && (!control || (await probe(control.open())).is === 'accepted');
  return isBad ? { is: 'invalid', reason: 'proof-refused', code } : { is: 'unknown', reason: 'proof-unknown', code };
}

interface SignedRequest {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a signed request once. A request that fails is answered `unclear`. */
export async function sendProbe(
  http: HttpClient,
  { method, url, headers }: SignedRequest,
  readAnswer: (response: PipelineResponse) => ProbeAnswer,
): Promise<ProbeAnswer> {
  const request = createPipelineRequest({ method, url });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  try {
    return readAnswer(await http.sendRequest(request));
  } catch (error) {
    return { is: 'unclear', code: operationErrorFrom(error).detail.code };
  }
}
