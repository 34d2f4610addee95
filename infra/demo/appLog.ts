import { z } from 'zod';

/** The parts of the app's announcements and decisions that the demo reads. */
const announcement = z.object({
  type: z.string().startsWith('Keyturn.'),
  /** An announcement that is repeated keeps its id. Decisions have none. */
  id: z.string().optional(),
  time: z.coerce.date(),
  subject: z.string(),
  data: z.object({
    phase: z.string().optional(),
    do: z.string().optional(),
    reason: z.string().optional(),
    cause: z.string().optional(),
    code: z.string().optional(),
    credentialId: z.string().optional(),
    evidence: z.string().optional(),
    advice: z.string().optional(),
    observed: z.string().optional(),
    until: z.coerce.date().optional(),
  }),
});

export type Announcement = z.infer<typeof announcement>;
/** Prints a sentence about a secret, or about the whole where `about` is empty. */
export type Print = (about: string, sentence: string) => void;

export interface AppLog {
  /** Takes a line of the app's output. */
  readonly add: (line: string) => void;
  readonly announcements: readonly Announcement[];
  /** Returns the last sentence that was printed about a secret. */
  readonly lastOf: (secret: string) => string;
}

/**
 * Prints the app's log as sentences: each phase, each wait with its reason and its end, each announcement. A sentence is
 * not printed twice in a row for one secret. Other lines, such as a stack trace, are printed once each.
 */
export function createAppLog(print: Print): AppLog {
  const announcements: Announcement[] = [];
  const seen = new Set<string>();
  const last = new Map<string, string>();
  const lastPhase = new Map<string, string>();
  function printOnce(parsed: Announcement): void {
    const secret = parsed.subject.split('/').at(-1) ?? parsed.subject;
    const { phase = '' } = parsed.data;
    const isDecision = parsed.type === 'Keyturn.Log.Decision';
    const sentence = isDecision ? decisionSentence(parsed) : announcementSentence(parsed);
    if (sentence === undefined || last.get(secret) === sentence) return;
    if (isDecision && parsed.data.do === 'run') {
      if (lastPhase.get(secret) === phase) return;
      lastPhase.set(secret, phase);
    }
    last.set(secret, sentence);
    print(secret, sentence);
  }
  return {
    announcements,
    add(line) {
      const parsed = parseAnnouncement(line);
      if (parsed) announcements.push(parsed);
      const key = parsed ? parsed.id : line;
      if (key !== undefined && seen.has(key)) return;
      if (key !== undefined) seen.add(key);
      if (parsed) printOnce(parsed);
      else if (!line.startsWith('{')) print('', line.replace(/^Function '(\w+)' failed: Redeliver: /, redelivered));
    },
    lastOf: (secret) => last.get(secret) ?? 'nothing was logged',
  };
}

function parseAnnouncement(line: string): Announcement | undefined {
  try {
    return announcement.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function redelivered(_line: string, functionName: string): string {
  return `an event for ${functionName} is refused for now: `;
}

/** An announcement follows these decisions. */
const announcedToo = ['adopt', 'setState', 'startEmergency'];

function decisionSentence({ data }: Announcement): string | undefined {
  const { do: decision = '', phase = '', reason = '' } = data;
  if (announcedToo.includes(decision) || reason === 'not-due') return undefined;
  if (decision === 'run') return `phase ${phase}`;
  const isWait = decision === 'wait' || decision === 'leave';
  return isWait ? `waits${ending(data)}: ${reason}` : `${decision}: ${reason}${ending(data)}`;
}

/** `Keyturn.Rotation.CredentialPublished` becomes `CREDENTIAL PUBLISHED`. Advice is printed where something is wrong. */
function announcementSentence({ type, data }: Announcement): string {
  const name = type.split('.').at(-1) ?? type;
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
  const credential = data.credentialId === undefined ? '' : ` ${data.credentialId}`;
  const reasons = [data.cause, data.reason, data.evidence].filter((word) => word !== undefined).join(', ');
  const advice = ['Held', 'Stuck', 'Failed'].includes(name) ? ` ${data.advice ?? ''}` : '';
  const start = `${data.observed ? 'WOULD BE ' : ''}${words}${credential}`;
  return `${start}${reasons && ` (${reasons})`}${ending(data)}${advice}`.trimEnd();
}

function ending({ until, code }: Announcement['data']): string {
  return `${code ? ` [${code}]` : ''}${until ? ` until ${formatTime(until)}` : ''}`;
}

/** Leaves the date out if it is today's. */
function formatTime(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  return day === new Date().toISOString().slice(0, 10) ? time.slice(0, 8) : `${day} ${time.slice(0, 8)}`;
}
