import { operationErrorFrom } from './errors.ts';

/**
 * Returns a client of an SDK whose calls throw nothing but an `OperationError`.
 *
 * The SDKs read answers above every policy. They throw on a success of an unexpected status, on an identifier of an
 * unexpected form and on a link that is none, and quote the answer, which may hold a key. Such an answer says nothing
 * about the effect of its request, and it comes from a service: it is no bug, and no reason to end a sweep over other
 * vaults (promise 7, no secrets leak; promise 10, targets fail alone).
 */
export function guarded<Client extends object>(client: Client): Client {
  return new Proxy(client, {
    get: (target, name) => guardedValue(target, Reflect.get(target, name)),
  });
}

/** Operations stand in groups, lists are iterators: both are objects with methods again. */
function guardedValue(owner: object, value: unknown): unknown {
  if (typeof value === 'function') return (...given: unknown[]) => guardedResult(Reflect.apply(value, owner, given));
  return isObject(value) ? guarded(value) : value;
}

function guardedResult(result: unknown): unknown {
  if (result instanceof Promise) {
    return result.catch((error: unknown) => {
      throw operationErrorFrom(error);
    });
  }
  return isObject(result) ? guarded(result) : result;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
