import { parseSchedule } from './timers.ts';
import type { Binding, FunctionMetadata, Registration } from './core.ts';

/** App settings. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A function the host serves. */
export interface Indexed extends Registration {
  readonly trigger: Binding;
  readonly triggerName: string;
  readonly disabled: boolean;
}

export interface Index {
  readonly functions: readonly Indexed[];
  /** Functions that could not be indexed, each with the reason. */
  readonly problems: readonly string[];
}

const functionName = /^[a-z][a-z0-9_-]{0,127}$/i;

/** Decides which registered functions the host serves (Azure/azure-functions-host, `WorkerFunctionMetadataProvider`). */
export function indexFunctions(registrations: readonly Registration[], env: Env): Index {
  const functions: Indexed[] = [];
  const problems: string[] = [];
  for (const registration of registrations) {
    const taken = functions.some((other) => sameName(other.metadata.name, registration.metadata.name));
    const indexed = taken ? 'there is another of that name' : indexOne(registration, env);
    if (typeof indexed === 'string')
      problems.push(`Function '${registration.metadata.name}' is not served: ${indexed}.`);
    else functions.push(indexed);
  }
  return { functions, problems };
}

function indexOne({ metadata, handler }: Registration, env: Env): Indexed | string {
  if (!functionName.test(metadata.name) || sameName(metadata.name, 'host')) return 'its name is not allowed';
  const missing = new Set<string>();
  const bindings = Object.entries(metadata.bindings).map(
    ([name, binding]) => [name, resolved(binding, env, missing)] as const,
  );
  const trigger = bindings.find(([, binding]) => binding.type.toLowerCase().endsWith('trigger'));
  if (trigger === undefined) return 'it has no trigger';
  if (missing.size > 0) return `no setting resolves ${[...missing].join(', ')}`;
  if (trigger[1].type === 'timerTrigger' && !isSchedule(trigger[1].schedule)) return 'its schedule is not one';
  const resolvedMetadata = { name: metadata.name, bindings: Object.fromEntries(bindings) } satisfies FunctionMetadata;
  const disabled = ['1', 'true'].includes(env[`AzureWebJobs.${metadata.name}.Disabled`]?.toLowerCase() ?? '');
  return { metadata: resolvedMetadata, handler, triggerName: trigger[0], trigger: trigger[1], disabled };
}

function isSchedule(schedule: string | undefined): boolean {
  try {
    return parseSchedule(schedule).nextRun() !== null;
  } catch {
    return false;
  }
}

function resolved(binding: Binding, env: Env, missing: Set<string>): Binding {
  return Object.entries(binding).reduce<Binding>(
    (all, [key, value]) => (typeof value === 'string' ? { ...all, [key]: resolve(value, env, missing) } : all),
    binding,
  );
}

function resolve(text: string, env: Env, missing: Set<string>): string {
  return text.replaceAll(/%([^%]+)%/g, (whole, setting: string) => {
    const value = env[setting];
    if (value === undefined) missing.add(whole);
    return value ?? whole;
  });
}

export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
