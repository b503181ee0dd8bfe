import { type Profiler, Session } from 'node:inspector';

/**
 * How many steps of our own programs, and of the library that reads messages, some work takes: the
 * times that each block of them was run. It is the same in each run and on each machine, unlike a
 * time. What the engine does within one step, such as searching a text, is not seen.
 */

/** Programs whose steps count. */
const COUNTED = /\/(src|sdk|@bufbuild)\//;

export interface StepCounter {
  /** The steps of the work. */
  count(work: () => unknown): number;
  stop(): void;
}

/**
 * Starts counting. Only functions that were not run before have their blocks counted, so it comes
 * first in a process of its own.
 */
export function countSteps(): StepCounter {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    count: (work) => {
      // What was counted before is taken out, and not counted again.
      blocksRun(session);
      work();
      return blocksRun(session);
    },
    stop: () => session.disconnect(),
  };
}

function blocksRun(session: Session): number {
  let steps = 0;
  // The session is of this very thread: its answers come before the call returns.
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error !== null) throw error;
    steps = (taken as Profiler.TakePreciseCoverageReturnType).result
      .filter(({ url }) => COUNTED.test(url))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0);
  });
  return steps;
}
