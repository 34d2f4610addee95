import { portSchedules, type PortOptions } from './schedules.ts';
import { sorts } from './resource.ts';

/** `npm run crash` runs all of them; here every single fault (a share with consumers), and a share of what people do and of the pairs. */
const worlds = sorts.flatMap((sort) => [
  [sort, { sort, every: 2003, actsEvery: 11 }],
  [`${sort} with consumers`, { sort, hasConsumers: true, every: 30_011, faultsEvery: 5, actsEvery: 113 }],
]) satisfies readonly (readonly [string, PortOptions])[];

test.each(worlds)(
  '%s: whatever fails and whoever interferes, no promise is broken',
  async (_name, options) => {
    const broken: string[] = [];
    const count = new Map<string, number>();
    for await (const { fault, story, problems } of portSchedules(options)) {
      count.set(fault, (count.get(fault) ?? 0) + 1);
      if (problems.length > 0) broken.push(`${story}: ${problems.join('; ')}`);
    }
    expect(broken).toEqual([]);
    expect([...count.keys()]).toHaveLength(8);
  },
  60_000,
);
