import { tallyOf } from '../consumers.ts';
import { table } from '../report.ts';
import type { Users } from '../users.ts';
import type { Course } from './course.ts';

export interface Story {
  readonly title: string;
  tell(): Promise<Told>;
}

/** How a story went. */
export interface Told {
  /** What the app heard it by. */
  readonly by: string;
  /** Of all events about its secret and resource. */
  readonly deliveries: number;
  readonly toPublishedMs: number;
  readonly toCompletedMs: number;
  /** Where applications called. */
  readonly failedCalls: number | undefined;
  /** What was promised and is not so. */
  readonly wrong: readonly string[];
}

export interface Ending {
  readonly by: string;
  readonly course: Course;
  readonly users?: Users;
  readonly publishedMs: number;
  readonly completedMs: number;
  /** Whether what was promised is so. */
  readonly promises: Readonly<Record<string, boolean>>;
}

export function told({ by, course, users, publishedMs, completedMs, promises }: Ending): Told {
  return {
    by,
    deliveries: course.deliveries(),
    toPublishedMs: publishedMs - course.sinceMs,
    toCompletedMs: completedMs - course.sinceMs,
    failedCalls: users && tallyOf(users.trails).failed,
    wrong: Object.entries(promises).flatMap(([promise, isKept]) => (isKept ? [] : [promise])),
  };
}

export function spanOf(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const head = ['story', 'heard by', 'cause → published', 'cause → completed', 'deliveries', 'failed calls'];

export function tableOf(all: readonly (Told & Pick<Story, 'title'>)[]): string {
  const rows = all.map(({ title, by, toPublishedMs, toCompletedMs, deliveries, failedCalls }) => [
    ...[title, by, spanOf(toPublishedMs), spanOf(toCompletedMs)],
    ...[String(deliveries), String(failedCalls ?? '–')],
  ]);
  return ['', ...table([head, ...rows])].join('\n');
}

/** Every promise of every story that is not so. */
export function complaintAbout(all: readonly (Pick<Told, 'wrong'> & Pick<Story, 'title'>)[]): string | undefined {
  const wrong = all.flatMap((story) => story.wrong.map((promise) => `${story.title}: ${promise}`));
  return wrong.length > 0 ? `Not so: ${wrong.join('; ')}.` : undefined;
}
