import { runWorld } from '../hostile/authors.ts';

jest.setTimeout(120_000);

test.each([0, 1, 2])(
  'R12, R25, R26, R27: twenty forged states of world %d touch no resource that is not their author’s',
  async (seed) => {
    const { forged, visited, touched } = await runWorld(seed);
    expect(visited).toBeGreaterThan(forged.length / 2);
    expect(forged.filter(({ isSound }) => isSound)).toHaveLength(forged.length / 2);
    expect(touched).toEqual([]);
  },
);
