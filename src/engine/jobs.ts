import type { Job } from '../domain/subscription.js';
import type { PrunedTable, Store } from '../storage/store.js';
import { forgetAccess } from './access.js';
import { driveAdvance } from './advance.js';
import { type Command, done } from './command.js';
import { deleteClock } from './delete-clock.js';
import { advanceDueDispute } from './disputes.js';
import type { Engine } from './engine.js';
import { expireIntent, expireSetup } from './expire-unused.js';
import type { RailDriver } from './rail-driver.js';
import { expireAuthorization, recoveryDelay, settleDueAttempt } from './recover.js';
import { settleRefund } from './refund-life.js';
import { advanceDueTerminal } from './terminal-steps.js';

export interface JobLimits {
  /** How often due jobs are looked for. */
  readonly job_poll_ms: number;
  /** Jobs begun at once. */
  readonly jobs_per_look_max: number;
  /** How often what is old is pruned. */
  readonly prune_interval_ms: number;
  /** Rows deleted by one statement, so that payments never wait for it. */
  readonly prune_rows_max: number;
  /** How long the answer to an idempotency key is kept; 24 at least. */
  readonly idempotency_hours: number;
  /** How long events, deliveries and letters are kept; longer than deliveries are retried. */
  readonly retention_days: number;
}

export interface JobDependencies {
  readonly store: Store;
  readonly engine: Pick<Engine, 'background' | 'read' | 'onDue'>;
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  readonly driver: Pick<RailDriver, 'drive'>;
  readonly limits: JobLimits;
  readonly logError: (error: unknown, what: string) => void;
  /** Makes a call of a Code webhook and writes down how it ended. */
  readonly callWebhook?: (job: Job) => Promise<void>;
  /** Sends a letter; false where it is to be tried again. */
  readonly sendMail?: (job: Job) => Promise<boolean>;
  /** Runs the work of a job and rejects as that does: for metrics and traces. */
  readonly around?: (job: Job, run: () => Promise<void>) => Promise<void>;
  /** Sends a transaction to its chain; false where its end is not known yet. */
  readonly fulfill?: (fulfillment: string) => Promise<boolean>;
}

export interface Jobs {
  /** Runs what is due now; resolves when it has been run. */
  runDue(): Promise<void>;
  /** Deletes what is older than its limit; resolves when all of it has gone. */
  prune(): Promise<void>;
  /** Begins nothing more, and resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** Clients may repeat a request for a day: an answer forgotten earlier would be done again. */
const IDEMPOTENCY_HOURS_MIN = 24;
/** Deliveries are retried for three days, and want their facts until then. */
const RETENTION_DAYS_MIN = 4;
/** A batch that could still be run again is minutes old; a day is far from all doubt. */
const BATCHES_KEPT_MS = 86_400_000;
const MS_PER_HOUR = 3_600_000;
const SECONDS_PER_DAY = 86_400;
/** How many times in a row one look folds balances; what is left waits for the next. */
const FOLDS_MAX = 10;

/** Starts what happens by the clock: due jobs at once and then regularly, folding, pruning. */
export function startJobs(deps: JobDependencies): Jobs {
  const { limits, logError } = deps;
  if (limits.idempotency_hours < IDEMPOTENCY_HOURS_MIN)
    throw new RangeError(`idempotency_hours must be at least ${IDEMPOTENCY_HOURS_MIN}`);
  if (limits.retention_days < RETENTION_DAYS_MIN)
    throw new RangeError(`retention_days must be at least ${RETENTION_DAYS_MIN}`);
  const running = new Map<string, Promise<void>>();
  let stopped = false;
  const isStopped = (): boolean => stopped;

  /** Begins what is due, at most so many at a time, and answers the runs. */
  async function beginDue(): Promise<Promise<void>[]> {
    const now = Math.floor(deps.nowMs() / 1000);
    // Those under way are still due, and must not keep others from being seen.
    const due = await deps.store.dueJobs(now, limits.jobs_per_look_max + running.size);
    const fresh = due.filter((job) => !running.has(nameOf(job)));
    return fresh.slice(0, limits.jobs_per_look_max).map((job) => {
      const run = runJob({ ...deps, isStopped }, job).then(() => void running.delete(nameOf(job)));
      running.set(nameOf(job), run);
      return run;
    });
  }

  const look = async (): Promise<void> => {
    // The runs are not awaited: a rail that takes its time must not hold up the next look.
    await beginDue().catch((error) => logError(error, 'due jobs could not be looked up'));
  };
  deps.engine.onDue(() => {
    if (!stopped) void look();
  });
  const looks = [
    repeat(limits.job_poll_ms, look),
    repeat(limits.job_poll_ms, async () => {
      await fold(deps).catch((error) => logError(error, 'balances could not be folded'));
    }),
    repeat(limits.prune_interval_ms, async () => {
      await prune(deps, isStopped).catch((error) => logError(error, 'pruning failed'));
    }),
  ];
  return {
    // What a look of the clock's own has begun meanwhile is due work, too.
    runDue: async () => {
      await beginDue();
      await Promise.all(running.values());
    },
    prune: () => prune(deps, isStopped),
    stop: async () => {
      stopped = true;
      await Promise.all(looks.map((look) => look.stop()));
      await Promise.all(running.values());
    },
  };
}

function nameOf({ account, id }: Job): string {
  return JSON.stringify([account, id]);
}

/** Does the work at once, then again and again, each time so long after the last has ended. */
export function repeat(pauseMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async (): Promise<void> => {
    await work();
    if (stopped) return;
    timer = setTimeout(() => {
      current = round();
    }, pauseMs);
  };
  let current = round();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}

/** What jobs are run with. */
interface Running extends JobDependencies {
  readonly isStopped: () => boolean;
}

/** Runs one job. One that throws is put off, so that it neither fails others nor comes at once. */
async function runJob(deps: Running, job: Job): Promise<boolean> {
  const { engine, logError } = deps;
  try {
    const run = (): Promise<void> => KINDS[job.kind](deps, job);
    await (deps.around?.(job, run) ?? run());
    return true;
  } catch (error) {
    logError(error, `job ${job.id} failed`);
    await engine.background(putOff(job)).catch((again) => logError(again, `${job.id} stays due`));
    return false;
  }
}

const KINDS: Record<Job['kind'], (deps: Running, job: Job) => Promise<void>> = {
  expire_authorization: async ({ engine }, job) => {
    await engine.background(expireAuthorization(job));
  },
  expire_request: async ({ engine }, job) => {
    await engine.background(expireIntent(job));
  },
  settle_attempt: async ({ engine }, job) => {
    await engine.background(settleDueAttempt(job));
  },
  settle_refund: async ({ engine }, job) => {
    await engine.background(settleRefund(job));
  },
  advance_clock: (deps, job) => driveAdvance({ ...deps, run: (due) => runJob(deps, due) }, job),
  delete_clock: async ({ engine }, { account, subject }) => {
    await engine.background(deleteClock(account, subject));
  },
  advance_dispute: async ({ engine }, job) => {
    await engine.background(advanceDueDispute(job));
  },
  forget_access: async ({ engine }, job) => {
    await engine.background(forgetAccess(job));
  },
  call_code_webhook: async ({ callWebhook }, job) => {
    if (callWebhook === undefined) throw new Error('nobody calls webhooks here');
    await callWebhook(job);
  },
  expire_setup: async ({ engine }, job) => {
    await engine.background(expireSetup(job));
  },
  advance_terminal: async ({ engine }, job) => {
    await engine.background(advanceDueTerminal(job));
  },
  send_mail: async ({ engine, sendMail }, job) => {
    // A process that sends no letters leaves them to one that does.
    const ended = sendMail !== undefined && (await sendMail(job));
    if (!ended) await engine.background(putOff(job));
  },
  fulfill: async ({ engine, fulfill }, job) => {
    // A process without the chain leaves it to one that has it.
    const ended = fulfill !== undefined && (await fulfill(job.subject));
    if (!ended) await engine.background(putOff(job));
  },
  recover_attempt: async ({ engine, driver }, job) => {
    const { account, subject } = job;
    const attempt = await engine.read(
      account,
      (need) => void need('attempts', subject),
      (rows) => rows.get('attempts', subject),
    );
    if (attempt === null) throw new Error(`there is no attempt ${subject} to recover`);
    // Its turn comes later: until then it must not stand first among what is due.
    if (!(await driver.drive(attempt))) await engine.background(putOff(job));
  },
};

/** Makes a job due later, the later the oftener it has failed. */
function putOff({ account, id }: Job): Command<null> {
  return {
    account,
    needs: (need) => void need('jobs', id),
    decide: (work) => {
      const job = work.get('jobs', id);
      if (job === null) return done(null);
      const dueAt = work.nowFor(job) + recoveryDelay(job.tries);
      work.update('jobs', { ...job, tries: job.tries + 1, dueAt });
      return done(null);
    },
  };
}

async function fold({ store }: JobDependencies): Promise<void> {
  for (let i = 0; i < FOLDS_MAX; i++) if ((await store.fold()) === 0) return;
}

/** Deliveries go before facts: one that is left must find the fact that it tells. */
async function prune(deps: JobDependencies, isStopped: () => boolean): Promise<void> {
  const { limits, nowMs } = deps;
  const now = nowMs();
  const eventsBefore = Math.floor(now / 1000) - limits.retention_days * SECONDS_PER_DAY;
  const oldest: [PrunedTable, number][] = [
    ['idempotency', now - limits.idempotency_hours * MS_PER_HOUR],
    ['batches', now - BATCHES_KEPT_MS],
    ['deliveries', eventsBefore],
    ['facts', eventsBefore],
    ['messages', eventsBefore],
    ['mails', eventsBefore],
    ['tallies', eventsBefore],
  ];
  for (const [table, before] of oldest) {
    for (;;) {
      if (isStopped()) return;
      const gone = await deps.store.prune(table, before, limits.prune_rows_max);
      if (gone < limits.prune_rows_max) break;
      // Payments that wait go first.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
