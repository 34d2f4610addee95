import { z } from 'zod';

/** What the demo reads of the app's announcements and decisions. */
const announcement = z.object({
  type: z.string().startsWith('Keyturn.'),
  /** The same for the same thing announced again; decisions have none. */
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

export interface Narrator {
  readonly hear: (line: string) => void;
  /** The last that was told about a secret. */
  readonly last: (secret: string) => string;
}

const decisionType = 'Keyturn.Log.Decision';

/**
 * Turns the app's log lines into sentences: what happens, what it waits for and until when, none twice running. Lines
 * of the host, such as a stack, are told as they are, once.
 */
export function narrator(tell: (sentence: string) => void): Narrator {
  const lastOf = new Map<string, string>();
  const told = new Set<string>();
  function hear(line: string): void {
    const said = parse(line);
    const key = said === undefined ? line : said.id;
    if (key !== undefined && told.has(key)) return;
    if (key !== undefined) told.add(key);
    if (said !== undefined) hearOf(said);
    else if (!line.startsWith('{')) tell(line);
  }
  function hearOf(said: Announcement): void {
    const secret = said.subject.split('/').at(-1) ?? said.subject;
    const sentence = said.type === decisionType ? decided(said) : announced(said);
    if (sentence === undefined || lastOf.get(secret) === sentence) return;
    lastOf.set(secret, sentence);
    tell(`${secret.padEnd(18)} ${sentence}`);
  }
  return { hear, last: (secret) => lastOf.get(secret) ?? 'nothing was heard of it' };
}

export function parse(line: string): Announcement | undefined {
  try {
    return announcement.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** What a decision begins is announced too: it is not told twice. */
const announcedToo = ['adopt', 'enter', 'accept'];

function decided({ data }: Announcement): string | undefined {
  const { do: what = '', phase = '', reason = '' } = data;
  if (announcedToo.includes(what)) return undefined;
  if (what === 'run') return `  ${phase}`;
  const verb = what === 'wait' || what === 'rest' ? 'waits' : what;
  return `  ${verb}: ${reason}${ending(data)}`;
}

/** `Keyturn.Rotation.CredentialPublished` becomes `CREDENTIAL PUBLISHED`; what went wrong is told with the advice. */
function announced({ type, data }: Announcement): string {
  const name = type.split('.').at(-1) ?? type;
  const plain = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
  const words = data.observed ? `WOULD BE ${plain}` : plain;
  const which = data.credentialId === undefined ? '' : ` ${data.credentialId}`;
  const why = [data.cause, data.reason, data.evidence].filter((word) => word !== undefined).join(', ');
  const advice = ['Held', 'Stuck', 'Failed'].includes(name) ? ` ${data.advice ?? ''}` : '';
  return `${words}${which}${why && ` (${why})`}${ending(data)}${advice}`.trimEnd();
}

function ending({ until, code }: Announcement['data']): string {
  return `${code ? ` [${code}]` : ''}${until ? ` until ${timeOf(until)}` : ''}`;
}

/** Of another day with its date. */
export function timeOf(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  return day === new Date().toISOString().slice(0, 10) ? time.slice(0, 8) : `${day} ${time.slice(0, 8)}`;
}
