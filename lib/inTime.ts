/** What comes first: the answer, or the end of the time by the machine's clock. The work goes on all the same. */
export async function inTime<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late');
    timer.unref(); // nobody waits for an answer of a process that is done
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}
