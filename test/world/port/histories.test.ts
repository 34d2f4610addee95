import { portSchedules } from './schedules.ts';
import { sorts } from './resource.ts';

/** `npm run crash` runs all of them; here every single fault, and a share of what people do and of the pairs. */
test.each(sorts)(
  '%s: whatever fails and whoever interferes, no promise is broken',
  async (sort) => {
    const broken: string[] = [];
    const count = new Map<string, number>();
    for await (const { fault, story, problems } of portSchedules({ sort, every: 2003, actsEvery: 11 })) {
      count.set(fault, (count.get(fault) ?? 0) + 1);
      if (problems.length > 0) broken.push(`${story}: ${problems.join('; ')}`);
    }
    expect(broken).toEqual([]);
    expect([...count.keys()]).toHaveLength(8);
  },
  60_000,
);
