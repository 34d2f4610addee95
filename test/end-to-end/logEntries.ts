import type { Run } from './run.ts';

/** An announcement or a decision, as the app writes it to its log. */
export interface Said {
  readonly type: string;
  readonly id?: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, string>>;
}

export const decision = 'Keyturn.Log.Decision';

/** What the app said about a secret, in order. */
export function saidAbout({ lines }: Run, secret: string): Said[] {
  return lines.flatMap(parsed).filter(({ subject }) => subject.endsWith(`/${secret}`));
}

/** Types of announcements; one that was said twice under one id counts once. */
export function announced(run: Run, secret: string): string[] {
  const said = saidAbout(run, secret).filter(({ type }) => type !== decision);
  return [...new Map(said.map(({ id, type }) => [id, type])).values()];
}

/** The phases that were run, without what was run again. */
export function phasesRun(run: Run, secret: string): string[] {
  const phases = saidAbout(run, secret).flatMap(({ data }) => (data['do'] === 'run' ? [data['phase'] ?? ''] : []));
  return phases.filter((phase, at) => phase !== phases[at - 1]);
}

function parsed(line: string): Said[] {
  if (!line.startsWith('{"type":"Keyturn.')) return [];
  const said = JSON.parse(line) as Partial<Said>;
  return said.subject === undefined ? [] : [said as Said];
}
