/** Counts by name, in the order in which the names came. */
export interface Counts {
  add(name: string, values: Readonly<Record<string, number>>): void;
  sum(value: string): number;
  table(heading: string): string;
  /** The columns of one row, each on a line of its own. */
  list(name: string): string;
}

export function createCounts(): Counts {
  const rows = new Map<string, Record<string, number>>();
  const columns = new Set<string>();
  return {
    add: (name, values) => {
      const row = rows.get(name) ?? {};
      rows.set(name, row);
      for (const [column, value] of Object.entries(values)) {
        columns.add(column);
        row[column] = (row[column] ?? 0) + value;
      }
    },
    sum: (column) => [...rows.values()].reduce((sum, row) => sum + (row[column] ?? 0), 0),
    table: (heading) => {
      const line = (name: string, cells: readonly unknown[]) =>
        [name.padEnd(40), ...cells.map((cell) => String(cell).padStart(14))].join('');
      const all = [...columns];
      const lines = [...rows].map(([name, row]) =>
        line(
          name,
          all.map((column) => row[column] ?? 0),
        ),
      );
      return [line(heading, all), ...lines].join('\n');
    },
    list: (name) =>
      Object.entries(rows.get(name) ?? {})
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([column, value]) => `${column.padEnd(28)}${String(value).padStart(12)}`)
        .join('\n'),
  };
}

const everyMs = 30_000;

/** Prints every half minute how far a long run is; answers what the run took in the end. */
export function showProgress(unit: string, total: number, done: () => number): () => string {
  const startMs = Date.now();
  const minutes = () => ((Date.now() - startMs) / 60_000).toFixed(1);
  const timer = setInterval(() => {
    const rate = (done() / ((Date.now() - startMs) / 1_000)).toFixed(1);
    console.error(`${done()} of ${total} ${unit} in ${minutes()} minutes, ${rate} a second`);
  }, everyMs);
  return () => {
    clearInterval(timer);
    return `${minutes()} minutes`;
  };
}
