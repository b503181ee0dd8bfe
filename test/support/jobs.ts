import {
  type JobDependencies,
  type JobLimits,
  type Jobs,
  startJobs,
} from '../../src/engine/jobs.js';
import type { TestEngine } from './engine.js';

export interface TestJobsOptions
  extends Partial<Pick<JobDependencies, 'store' | 'driver' | 'callWebhook'>> {
  readonly limits?: Partial<JobLimits>;
}

/** The jobs of a test's engine; between the looks that a test asks for lies a minute. */
export function startTestJobs(
  { store, engine, clock, logged }: TestEngine,
  { limits, ...over }: TestJobsOptions = {},
): Jobs {
  return startJobs({
    store,
    engine,
    nowMs: () => clock.ms,
    driver: { drive: async () => true },
    logError: (error, what) => void logged.push({ error, what }),
    limits: {
      job_poll_ms: 60_000,
      jobs_per_look_max: 10,
      prune_interval_ms: 60_000,
      prune_rows_max: 10,
      idempotency_hours: 24,
      retention_days: 30,
      ...limits,
    },
    ...over,
  });
}
