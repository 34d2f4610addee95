import { firstBroken } from './check.ts';

/** `npm run events` runs ten thousand, from another seed each time. */
test.each([
  ['ports', 100, 6],
  ['event grid', 20, 4],
] as const)(
  '%s: whatever becomes of events and whoever interferes, no promise is broken and every target comes to rest',
  async (seam, runs, atLeast) => {
    const causes = new Set<string>();
    const broken = await firstBroken({ seam, runs, seed: 20 }, ({ byCause }) => {
      for (const cause of byCause.keys()) causes.add(cause);
    });
    expect(broken).toBeUndefined();
    expect(causes.size).toBeGreaterThanOrEqual(atLeast);
  },
  60_000,
);
