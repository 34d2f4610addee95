import { z } from 'zod';

const line = z.object({
  type: z.string(),
  id: z.string().optional(),
  time: z.coerce.date(),
  subject: z.string().optional(),
  data: z.looseObject({
    phase: z.string().optional(),
    do: z.string().optional(),
    reason: z.string().optional(),
    until: z.coerce.date().optional(),
    /** Of the event that a note is about. */
    id: z.string().optional(),
  }),
});

type Line = z.infer<typeof line>;

/** A wait that a decision of the app shows. */
export interface LoggedWait {
  readonly secret: string;
  readonly reason: string;
  readonly at: Date;
  readonly until: Date;
}

interface LoggedLine {
  readonly at: Date;
  readonly text: string;
}

/** What the log of all hosts shows. */
export interface AppLog {
  readonly bytes: number;
  readonly completed: number;
  /** Errors that functions threw, with how often, but for those by which an event comes again. */
  readonly errors: ReadonlyMap<string, number>;
  add(text: string): void;
  /** All lines about a secret, or the notes about an event. */
  linesOf(about: string): readonly LoggedLine[];
}

export function createAppLog(onWait: (wait: LoggedWait) => void): AppLog {
  let bytes = 0;
  const completed = new Set<string>();
  const errors = new Map<string, number>();
  const byName = new Map<string, LoggedLine[]>();

  function keep(name: string, line: LoggedLine): void {
    const lines = byName.get(name);
    if (lines) lines.push(line);
    else byName.set(name, [line]);
  }
  function addParsed(parsed: Line, text: string): void {
    const { type, id, subject, data, time } = parsed;
    if (type === 'Keyturn.Rotation.Completed' && id !== undefined) completed.add(id);
    if (data.id !== undefined) keep(data.id, { at: time, text });
    const secret = subject?.split('/').at(-1);
    if (secret === undefined) return;
    keep(secret, { at: time, text });
    if (data.do === 'wait' && data.reason && data.until) {
      onWait({ secret, reason: data.reason, at: time, until: data.until });
    }
  }
  return {
    get bytes() {
      return bytes;
    },
    get completed() {
      return completed.size;
    },
    errors,
    add: (text) => {
      bytes += Buffer.byteLength(text) + 1;
      const failed = /^Function '\w+' failed: (?!Redeliver)(.{1,200})/.exec(text)?.[1];
      if (failed !== undefined) errors.set(failed, (errors.get(failed) ?? 0) + 1);
      const parsed = text.startsWith('{') ? parse(text) : undefined;
      if (parsed) addParsed(parsed, text);
    },
    linesOf: (about) => byName.get(about) ?? [],
  };
}

function parse(text: string): Line | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
