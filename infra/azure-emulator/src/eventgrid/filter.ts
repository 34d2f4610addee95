import type { CloudEvent } from './event.ts';

interface AdvancedFilter {
  readonly operator: 'StringIn' | 'StringContains';
  /** An attribute of the envelope, or a path into the data: `data.authorization.action`. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Filter {
  readonly includedEventTypes?: readonly string[];
  readonly subjectBeginsWith?: string;
  readonly subjectEndsWith?: string;
  /** All of them have to match. */
  readonly advancedFilters?: readonly AdvancedFilter[];
}

/** Text is compared regardless of case (https://learn.microsoft.com/azure/event-grid/event-filtering). */
export function matches(filter: Filter, event: CloudEvent): boolean {
  const subject = (event.subject ?? '').toLowerCase();
  return (
    (filter.includedEventTypes?.includes(event.type) ?? true) &&
    subject.startsWith((filter.subjectBeginsWith ?? '').toLowerCase()) &&
    subject.endsWith((filter.subjectEndsWith ?? '').toLowerCase()) &&
    (filter.advancedFilters ?? []).every((each) => passes(each, valueAt(event, each.key)))
  );
}

/** The documented limits. */
export function filterProblem({ advancedFilters = [] }: Filter): string | undefined {
  const values = advancedFilters.flatMap((each) => each.values);
  if (advancedFilters.length > 25 || values.length > 25) return 'At most 25 advanced filters and values are allowed.';
  if (values.some((value) => value.length > 512)) return 'A filter value has at most 512 characters.';
  if (advancedFilters.some(({ key }) => key.split('.').length > 3)) return 'A key has at most two levels of nesting.';
  return undefined;
}

/** A key that is absent matches nothing. */
function passes({ operator, values }: AdvancedFilter, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const found = value.toLowerCase();
  return values.some((each) => {
    const wanted = each.toLowerCase();
    return operator === 'StringIn' ? found === wanted : found.includes(wanted);
  });
}

/** Both schemas' names for the envelope. */
const envelope: Readonly<Record<string, string>> = { topic: 'source', eventtype: 'type' };

function valueAt(event: CloudEvent, key: string): unknown {
  const [first = '', ...rest] = key.split('.');
  const name = first.toLowerCase();
  return rest.reduce<unknown>(property, event[envelope[name] ?? name]);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
