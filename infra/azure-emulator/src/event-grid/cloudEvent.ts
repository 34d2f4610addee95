import { randomUUID } from 'node:crypto';

/** An event as the publisher made it; extension attributes stand beside the known ones. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly data?: unknown;
  readonly [extension: string]: unknown;
}

export type Schema = 'CloudEventSchemaV1_0' | 'EventGridSchema';

/** The envelope of Event Grid's own schema (https://learn.microsoft.com/azure/event-grid/event-schema). */
export interface EventGridEvent {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: string;
  readonly eventTime: string;
  readonly data: unknown;
  readonly dataVersion: string;
  readonly metadataVersion: '1';
}

type NewEvent = Pick<CloudEvent, 'source' | 'type' | 'data'> & { readonly subject: string };

export function newEvent(at: Date, event: NewEvent): CloudEvent {
  return { specversion: '1.0', id: randomUUID(), time: at.toISOString(), ...event };
}

export function toEventGridSchema(event: CloudEvent, dataVersion: string): EventGridEvent {
  const { id, source, subject = '', type, time = '', data } = event;
  return { id, topic: source, subject, eventType: type, eventTime: time, data, dataVersion, metadataVersion: '1' };
}
