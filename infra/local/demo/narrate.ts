import { z } from 'zod';

/** What the demo reads of the app's announcements and decisions. */
const announcement = z.object({
  type: z.string().startsWith('Keyturn.'),
  subject: z.string(),
  data: z.object({
    phase: z.string().optional(),
    do: z.string().optional(),
    reason: z.string().optional(),
    cause: z.string().optional(),
    code: z.string().optional(),
    credentialId: z.string().optional(),
    advice: z.string().optional(),
    until: z.coerce.date().optional(),
  }),
});

type Announcement = z.infer<typeof announcement>;

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
  const saidOf = new Map<string, string>();
  const rawLines = new Set<string>();
  function hear(line: string): void {
    const said = parse(line);
    if (said === undefined) {
      if (!line.startsWith('{') && !rawLines.has(line)) tell(line);
      rawLines.add(line);
      return;
    }
    const secret = said.subject.split('/').at(-1) ?? said.subject;
    const sentence = said.type === decisionType ? decided(said) : announced(said);
    if (saidOf.get(secret) === sentence) return;
    saidOf.set(secret, sentence);
    tell(`${secret.padEnd(18)} ${sentence}`);
  }
  return { hear, last: (secret) => saidOf.get(secret) ?? 'nothing was heard of it' };
}

function parse(line: string): Announcement | undefined {
  try {
    return announcement.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function decided({ data }: Announcement): string {
  const { do: what = '', phase = '', reason = '' } = data;
  if (what === 'run') return `  ${phase}`;
  const verb = what === 'wait' || what === 'rest' ? 'waits' : what;
  return `  ${verb}: ${reason}${ending(data)}`;
}

/** `Keyturn.Rotation.CredentialPublished` becomes `CREDENTIAL PUBLISHED`; what went wrong is told with the advice. */
function announced({ type, data }: Announcement): string {
  const name = type.split('.').at(-1) ?? type;
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
  const which = data.credentialId === undefined ? '' : ` ${data.credentialId}`;
  const why = [data.cause, data.reason].filter((word) => word !== undefined).join(', ');
  const advice = ['Held', 'Stuck', 'Failed'].includes(name) ? ` ${data.advice ?? ''}` : '';
  return `${words}${which}${why && ` (${why})`}${ending(data)}${advice}`.trimEnd();
}

function ending({ until, code }: Announcement['data']): string {
  return `${code ? ` [${code}]` : ''}${until ? ` until ${timeOf(until)}` : ''}`;
}

function timeOf(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  return day === new Date().toISOString().slice(0, 10) ? time.slice(0, 8) : `${day} ${time.slice(0, 8)}`;
}
