import { z } from 'zod';

/** An event in either of the two schemas. */
export interface IncomingEvent {
  readonly id: string;
  readonly type: string;
  /** In Azure's own events the ARM id of the sender: `source` of CloudEvents, `topic` of the Event Grid schema. */
  readonly source: string;
  readonly subject: string;
  readonly time?: Date;
  readonly data: unknown;
}

const word = z.string().min(1).max(2048);
const time = z.iso.datetime({ offset: true }).optional();
const cloudEvent = z
  .object({ specversion: z.literal('1.0'), id: word, type: word, source: word, subject: z.string().optional(), time })
  .loose();
const eventGridEvent = z
  .object({ id: word, eventType: word, topic: word, subject: z.string(), eventTime: time })
  .loose();

/** Events have a few hundred characters, a notice may name a thousand resources; Event Grid carries a megabyte. */
const longest = 256 * 1024;

/** Parses CloudEvents 1.0 or the Event Grid schema. Returns nothing for other values, and for too large ones. */
export function parseEvent(event: unknown): IncomingEvent | undefined {
  if (typeof event !== 'object' || event === null || lengthOf(event) > longest) return undefined;
  const cloud = cloudEvent.safeParse(event);
  if (cloud.success) {
    const { id, type, source, subject = '' } = cloud.data;
    return { id, type, source, subject, ...timeOf(cloud.data.time), data: cloud.data['data'] };
  }
  const { data: grid } = eventGridEvent.safeParse(event);
  if (!grid) return undefined;
  const { id, eventType, topic, subject } = grid;
  return { id, type: eventType, source: topic, subject, ...timeOf(grid.eventTime), data: grid['data'] };
}

/** A value that is nested too deeply to be written counts as too long. */
function lengthOf(event: object): number {
  try {
    return JSON.stringify(event).length;
  } catch {
    return Infinity;
  }
}

function timeOf(text: string | undefined): { time?: Date } {
  return text === undefined ? {} : { time: new Date(text) };
}
