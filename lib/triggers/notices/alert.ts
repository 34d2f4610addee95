import { z } from 'zod';
import { parseJson } from '../../model/json.ts';
import type { Reason } from '../../model/reason.ts';
import { fingerprintOf } from '../../model/sealed.ts';
import { demandOf, type Advisory } from './demand.ts';
import { regionOf, type Notice } from './notice.ts';
import { noticeStart, isNamed, withLowerCaseNames } from './serviceHealth.ts';

const date = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const service = z.object({
  servicename: z.string(),
  impactedregions: z
    .array(z.object({ regionname: z.string() }))
    .nullish()
    .transform((regions) => regions ?? []),
});
/** An escaped string in real alerts, an array in the portal's sample (azure-facts: Service Health). */
const services = z
  .union([z.array(z.unknown()), z.string().transform(parseJson)])
  .transform((value) => withLowerCaseNames(value))
  .pipe(z.array(service));
const shape = z.object({
  schemaId: z.literal('azureMonitorCommonAlertSchema'),
  data: z.object({
    essentials: z.object({
      monitorCondition: z.string(),
      monitoringService: z.string(),
      alertTargetIDs: z.array(z.string()).min(1).max(1000),
      firedDateTime: date,
    }),
    alertContext: z.unknown(),
  }),
});
const words = z.string().nullish().catch(undefined);
const context = z.object({
  status: z.string().nullish(),
  properties: z.object({
    incidentType: z.string(),
    trackingId: z.string().min(1),
    impactStartTime: date,
    impactMitigationTime: date.nullish().catch(undefined),
    impactedServices: services,
    stage: z.string().nullish(),
    title: words,
    communication: words,
    defaultLanguageTitle: words,
    defaultLanguageContent: words,
  }),
});

/** Reads an active alert that asks for action, or is about security, on a service that enforces regenerations. */
export function noticeFromAlert(body: unknown, named: readonly string[]): Notice | Reason {
  const read = shape.safeParse(body);
  if (!read.success) return 'unreadable';
  const { essentials, alertContext } = read.data.data;
  if (essentials.monitoringService !== 'ServiceHealth' || essentials.monitorCondition !== 'Fired') return 'irrelevant';
  const event = context.safeParse(alertContext);
  if (!event.success) return 'unreadable';
  const { properties } = event.data;
  const affected = properties.impactedServices.filter(({ servicename }) => isNamed(servicename, named));
  if (!asksForAction(event.data) || affected.length === 0) return 'irrelevant';
  const { trackingId, impactStartTime, impactMitigationTime: deadline } = properties;
  return {
    id: fingerprintOf(trackingId),
    start: noticeStart(impactStartTime, essentials.firedDateTime),
    ...(deadline && { deadline }),
    subscriptions: essentials.alertTargetIDs.flatMap(subscriptionIn),
    regions: affected.flatMap(({ impactedregions }) => impactedregions.map(({ regionname }) => regionOf(regionname))),
    resources: [],
    demand: demandOf(advisoryIn(properties)),
  };
}

/** The alert has its text in the reader's language, and in the default one. */
function advisoryIn(properties: z.output<typeof context>['properties']): Advisory {
  const { incidentType, title, communication, defaultLanguageTitle, defaultLanguageContent } = properties;
  return {
    types: [incidentType],
    title: defaultLanguageTitle ?? title ?? '',
    text: defaultLanguageContent ?? communication ?? '',
  };
}

function asksForAction({ status, properties: { incidentType, stage } }: z.output<typeof context>): boolean {
  return /^(ActionRequired|Security)$/i.test(incidentType) && /^Active$/i.test(stage ?? status ?? '');
}

function subscriptionIn(target: string): string | [] {
  return /^\/subscriptions\/([^/]+)/i.exec(target)?.[1]?.toLowerCase() ?? [];
}
