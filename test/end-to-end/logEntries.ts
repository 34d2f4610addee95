import type { Run } from './run.ts';

/** An announcement or a decision, as the app writes it to its log. */
export interface LogEntry {
  readonly type: string;
  readonly id?: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, string>>;
}

export const decision = 'Keyturn.Log.Decision';

/** The entries about a secret, in order. */
export function entriesAbout({ lines }: Run, secret: string): LogEntry[] {
  return lines.flatMap(parsed).filter(({ subject }) => subject.endsWith(`/${secret}`));
}

/** Types of announcements; one that was repeated under its id counts once. */
export function announced(run: Run, secret: string): string[] {
  const entries = entriesAbout(run, secret).filter(({ type }) => type !== decision);
  return [...new Map(entries.map(({ id, type }) => [id, type])).values()];
}

/** The phases that ran, without repetitions. */
export function phasesRun(run: Run, secret: string): string[] {
  const phases = entriesAbout(run, secret).flatMap(({ data }) => (data['do'] === 'run' ? [data['phase'] ?? ''] : []));
  return phases.filter((phase, at) => phase !== phases[at - 1]);
}

function parsed(line: string): LogEntry[] {
  if (!line.startsWith('{"type":"Keyturn.')) return [];
  const entry = JSON.parse(line) as Partial<LogEntry>;
  return entry.subject === undefined ? [] : [entry as LogEntry];
}
