import { z } from 'zod';
import type { ResourceGraph, Row } from '../../azure/resourceGraph.ts';
import { undefinedIf } from '../../model/operationError.ts';
import { fingerprintOf } from '../../model/sealed.ts';
import type { Services } from '../../reconcile/services.ts';
import { demandOf, type Advisory } from './demand.ts';
import { regionOf, type Notice } from './notice.ts';

export interface ActiveNotices {
  readonly notices: readonly Notice[];
  /** How many rows name a service and cannot be read. */
  readonly unreadable: number;
}

/** Returns active advisories on the services, by one query for all subscriptions that the identity can read. */
export async function activeNotices(graph: ResourceGraph, services: readonly string[]): Promise<ActiveNotices> {
  const rows = await graph(queryFor(services));
  const notices = rows.flatMap((row) => noticeFrom(row, services) ?? []);
  return { notices, unreadable: rows.length - notices.length };
}

/**
 * Returns a notice without its deadline, and besides it what Service Health itself shows under the same id and date. Only
 * that brings the deadline, for the resources that it names and if it demands new keys: the holder of a function key or
 * the sender to a topic may write any date, or borrow that of an advisory on another matter. What is not shown yet starts
 * graceful rotations, and the next poll brings the deadline (R28, who may shorten).
 */
export async function confirmed(
  { graph, providers }: Pick<Services, 'graph' | 'providers'>,
  notice: Notice,
): Promise<readonly Notice[]> {
  const { deadline, ...graceful } = notice;
  if (!deadline || notice.demand !== 'regenerate') return [graceful];
  const shown = await undefinedIf('any failure', activeNotices(graph, providers.serviceHealthNames));
  const same = shown?.notices.filter(
    (each) => each.demand === 'regenerate' && each.id === notice.id && each.deadline?.getTime() === deadline.getTime(),
  );
  return [graceful, ...(same ?? [])];
}

function queryFor(services: readonly string[]): string {
  const named = services.map((service) => `tostring(properties.Impact) contains '${service}'`).join(' or ');
  return `ServiceHealthResources
| where type =~ 'microsoft.resourcehealth/events'
| where tostring(properties.Status) =~ 'Active'
| where tostring(properties.EventType) in~ ('HealthAdvisory', 'SecurityAdvisory', 'ActionRequired')
| where ${named}
| project id, subscriptionId, properties
| order by id asc`;
}

/** Microsoft's own queries read these times as text, and as ticks of 100 ns since the year 1: both are taken. */
const ticksToUnixMs = 62_135_596_800_000;
const date = z.union([
  z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  z.coerce
    .string()
    .regex(/^\d{17,18}$/)
    .transform((ticks) => new Date(Number(ticks.slice(0, -4)) - ticksToUnixMs)),
]);
const region = z.object({ impactedregion: z.string() });
const impact = z.object({ impactedservice: z.string(), impactedregions: z.array(region).nullish() });
const words = z.string().nullish().catch(undefined);
const optional = date.nullish().catch(undefined);
const shape = z.object({
  subscriptionid: z.string(),
  properties: z.object({
    trackingid: z.string(),
    impactstarttime: optional,
    impactmitigationtime: optional,
    lastupdatetime: optional,
    impact: z.array(z.unknown()),
    eventtype: words,
    eventsubtype: words,
    title: words,
    summary: words,
    description: words,
    recommendedactions: z.unknown().optional(),
  }),
});

/** Returns nothing for a row that cannot be read or names none of the services after all. */
function noticeFrom(row: Row, services: readonly string[]): Notice | undefined {
  const read = shape.safeParse(withLowerCaseNames(row));
  if (!read.success) return undefined;
  const { subscriptionid, properties } = read.data;
  const { trackingid, impactstarttime, impactmitigationtime, lastupdatetime } = properties;
  const impacts = properties.impact.flatMap((each) => impact.safeParse(each).data ?? []);
  const affected = impacts.filter(({ impactedservice }) => isNamed(impactedservice, services));
  const start = impactstarttime ?? lastupdatetime;
  if (affected.length === 0 || !start) return undefined;
  return {
    id: fingerprintOf(trackingid),
    start: noticeStart(start, lastupdatetime ?? undefined),
    ...(impactmitigationtime && { deadline: impactmitigationtime }),
    subscriptions: [subscriptionid.toLowerCase()],
    regions: affected.flatMap(({ impactedregions }) =>
      (impactedregions ?? []).map((one) => regionOf(one.impactedregion)),
    ),
    resources: [],
    demand: demandOf(advisoryIn(properties)),
  };
}

function advisoryIn({ eventtype, eventsubtype, title, ...texts }: z.output<typeof shape>['properties']): Advisory {
  const { summary, description, recommendedactions } = texts;
  return {
    types: [eventtype ?? '', eventsubtype ?? ''],
    title: title ?? '',
    text: [summary, description, ...textsIn(recommendedactions)].filter((text) => text).join('\n'),
  };
}

/** Returns every text of a structure that is documented nowhere. */
function textsIn(value: unknown, depth = 4): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.values(value).flatMap((each) => textsIn(each, depth - 1));
}

export function isNamed(service: string, services: readonly string[]): boolean {
  return services.some((name) => service.toLowerCase().includes(name.toLowerCase()));
}

/** A rotation that began since the announcement answers a notice about the future. */
export function noticeStart(start: Date, announced: Date | undefined): Date {
  return announced && announced < start ? announced : start;
}

/** Resource Graph writes them in PascalCase, the REST API in camelCase (azure-facts: Service Health). */
export function withLowerCaseNames(value: unknown, depth = 8): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return undefined; // nothing that is wanted lies so deep
  if (Array.isArray(value)) return value.map((each) => withLowerCaseNames(each, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name.toLowerCase(), withLowerCaseNames(each, depth - 1)]),
  );
}
