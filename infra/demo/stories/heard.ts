import type { Course } from './course.ts';

/** What an event alone brought about: one delivery of it, and no sweep until then. */
export async function heard(course: Pick<Course, 'delivered' | 'lists'>, type: string, untilMs: number) {
  const { length: deliveries, 0: first } = await course.delivered(type);
  return {
    by: `${deliveries} × ${type.split('.').at(-1) ?? type}`,
    promises: {
      'one delivery is enough': deliveries === 1 && first?.status === 202,
      'no timer is needed': course.lists(untilMs) === 0,
    },
  };
}
