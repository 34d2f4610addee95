import type { Env } from './app.ts';
import type { Binding, Registration } from './functionsCore.ts';
import { parseSchedule } from './schedule.ts';

/** A function that the host serves. */
export interface IndexedFunction extends Registration {
  readonly trigger: Binding;
  readonly triggerName: string;
  readonly disabled: boolean;
}

export interface FunctionIndex {
  readonly functions: readonly IndexedFunction[];
  /** One sentence for each function that is not served, with the reason. */
  readonly problems: readonly string[];
}

const functionName = /^[a-z][a-z0-9_-]{0,127}$/i;

/** Decides which registered functions the host serves (Azure/azure-functions-host, `WorkerFunctionMetadataProvider`). */
export function indexFunctions(registrations: readonly Registration[], env: Env): FunctionIndex {
  const functions: IndexedFunction[] = [];
  const problems: string[] = [];
  for (const registration of registrations) {
    const { name } = registration.metadata;
    const isTaken = functions.some((other) => equalIgnoringCase(other.metadata.name, name));
    const indexed = isTaken ? 'there is another of that name' : indexFunction(registration, env);
    if (typeof indexed === 'string') problems.push(`Function '${name}' is not served: ${indexed}.`);
    else functions.push(indexed);
  }
  return { functions, problems };
}

/** Returns the reason where the function cannot be served. */
function indexFunction({ metadata: { name, bindings }, handler }: Registration, env: Env): IndexedFunction | string {
  if (!functionName.test(name) || equalIgnoringCase(name, 'host')) return 'its name is not allowed';
  const missing = new Set<string>();
  const resolved = Object.entries(bindings).map(
    ([bindingName, binding]) => [bindingName, resolveSettings(binding, env, missing)] as const,
  );
  const named = resolved.find(([, { type }]) => type.toLowerCase().endsWith('trigger'));
  if (named === undefined) return 'it has no trigger';
  if (missing.size > 0) return `no setting resolves ${[...missing].join(', ')}`;
  const [triggerName, trigger] = named;
  if (trigger.type === 'timerTrigger' && !isSchedule(trigger.schedule)) return 'its schedule is not one';
  const metadata = { name, bindings: Object.fromEntries(resolved) };
  return { metadata, handler, triggerName, trigger, disabled: isDisabled(name, env) };
}

function isDisabled(name: string, env: Env): boolean {
  return ['1', 'true'].includes(env[`AzureWebJobs.${name}.Disabled`]?.toLowerCase() ?? '');
}

function isSchedule(schedule: string | undefined): boolean {
  try {
    return parseSchedule(schedule).nextRun() !== null;
  } catch {
    return false;
  }
}

/** Replaces each `%SETTING%`, and adds those without a value to `missing`. */
function resolveSettings(binding: Binding, env: Env, missing: Set<string>): Binding {
  const texts = Object.entries(binding).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const resolved = texts.map(([key, text]) => [
    key,
    text.replaceAll(/%([^%]+)%/g, (whole, setting: string) => {
      const value = env[setting];
      if (value === undefined) missing.add(whole);
      return value ?? whole;
    }),
  ]);
  return { ...binding, ...(Object.fromEntries(resolved) as Partial<Binding>) };
}

export function equalIgnoringCase(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
