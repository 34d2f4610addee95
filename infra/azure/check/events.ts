import { isDeepStrictEqual } from 'node:util';
import type { FunctionMetadata } from '../../functions-host/src/index.ts';
import type { Subscribed } from './subscribed.ts';

type InBicep = Subscribed & { readonly at: string };

/** Both ways: events go to functions that there are, and every function for events gets some. */
export function functionProblems(functions: readonly FunctionMetadata[], made: readonly InBicep[]): readonly string[] {
  const names = startedBy('eventGridTrigger', functions);
  return [
    ...made
      .filter(({ functionName }) => !names.includes(functionName))
      .map(({ at, functionName }) => `${at}: there is no function '${functionName}' that takes events`),
    ...names
      .filter((name) => !made.some(({ functionName }) => functionName === name))
      .map((name) => `functions/: no Bicep file subscribes ${name}`),
  ];
}

/** Both ways: names, types and filters are those that the tests run with. */
export function filterProblems(local: readonly Subscribed[], made: readonly InBicep[]): readonly string[] {
  const plain = made.map(({ at, ...each }) => ({ at, each }));
  return [
    ...plain
      .filter(({ each }) => !local.some((other) => isDeepStrictEqual(each, other)))
      .map(({ at, each }) => `${at}: infra/demo/subscriptions.ts has no ${JSON.stringify(each)}`),
    ...local
      .filter((each) => !plain.some((other) => isDeepStrictEqual(each, other.each)))
      .map((each) => `infra/demo/subscriptions.ts: no Bicep file has ${JSON.stringify(each)}`),
  ];
}

/** Names of the functions with such a trigger. */
export function startedBy(trigger: string, functions: readonly FunctionMetadata[]): readonly string[] {
  return functions
    .filter(({ bindings }) => Object.values(bindings).some(({ type }) => type === trigger))
    .map(({ name }) => name);
}
