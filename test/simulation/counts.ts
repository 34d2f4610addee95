import type { Ran } from './ran.ts';

interface Count {
  schedules: number;
  fired: number;
  broken: number;
}

/** How many schedules there were of each name, and what became of them. */
export interface Counts {
  add(name: string, ran: Ran): void;
  total(): Readonly<Count>;
  table(heading: string): string;
}

export function createCounts(): Counts {
  const counts = new Map<string, Count>();
  function total(): Count {
    const sum: Count = { schedules: 0, fired: 0, broken: 0 };
    for (const { schedules, fired, broken } of counts.values()) {
      sum.schedules += schedules;
      sum.fired += fired;
      sum.broken += broken;
    }
    return sum;
  }
  return {
    total,
    add: (name, { fired, problems }) => {
      const known = counts.get(name) ?? { schedules: 0, fired: 0, broken: 0 };
      counts.set(name, known);
      known.schedules += 1;
      if (fired) known.fired += 1;
      if (problems.length > 0) known.broken += 1;
    },
    table: (heading) => {
      const rows = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
      const lines = [...rows, ['all', total()] as const].map(([name, each]) =>
        line(name, each.schedules, each.fired, each.broken),
      );
      return [line(heading, 'schedules', 'fired', 'broken'), ...lines].join('\n');
    },
  };
}

function line(name: string, ...cells: readonly unknown[]): string {
  return [name.padEnd(56), ...cells.map((cell) => String(cell).padStart(10))].join('');
}
