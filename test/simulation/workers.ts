import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import pMap from 'p-map';
import type { Task } from './worker.ts';

const workerPath = join(import.meta.dirname, 'worker.ts');
const maxHeapMb = 1_024;
/** A worker is replaced after so many tasks, so that nothing that it keeps can grow for hours. */
const tasksPerWorker = 60;

interface Answer {
  readonly answer?: unknown;
  readonly error?: string;
}

/** Worker threads of plain Node with bounded memory. */
export interface Workers {
  /** Runs the tasks, as many at a time as there are workers. A task that fails, or ends its worker, ends no other. */
  run<T extends Task>(
    tasks: readonly T[],
    take: (answer: unknown, task: T) => void,
    fail: (error: string, task: T) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

export function createWorkers(count: number): Workers {
  const idle: { readonly worker: Worker; tasks: number }[] = [];

  async function perform(task: Task): Promise<Answer> {
    const slot = idle.pop() ?? { worker: startWorker(), tasks: 0 };
    slot.worker.postMessage(task);
    const answer = await nextAnswer(slot.worker);
    slot.tasks += 1;
    if (answer.error === undefined && slot.tasks < tasksPerWorker) idle.push(slot);
    else await slot.worker.terminate();
    return answer;
  }
  return {
    run: async (tasks, take, fail) => {
      await pMap(
        tasks,
        async (task) => {
          const { answer, error } = await perform(task);
          if (error === undefined) take(answer, task);
          else fail(error, task);
        },
        { concurrency: count },
      );
    },
    close: async () => {
      await Promise.all(idle.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
}

function startWorker(): Worker {
  return new Worker(workerPath, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } });
}

/** A worker that dies, as one without memory does, answers an error. */
function nextAnswer(worker: Worker): Promise<Answer> {
  return new Promise((resolve) => {
    const onMessage = (answer: Answer) => {
      end(answer);
    };
    const onError = (error: Error) => {
      end({ error: error.message });
    };
    const onExit = (code: number) => {
      end({ error: `the worker ended with code ${code}` });
    };
    function end(answer: Answer): void {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(answer);
    }
    worker.once('message', onMessage).once('error', onError).once('exit', onExit);
  });
}
