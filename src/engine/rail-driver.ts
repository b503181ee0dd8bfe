import type { AuthorizeRequest, AuthorizeResult, Rail, RemoteRail } from '../rails/rail.js';
import type { Engine } from './engine.js';
import { askAgain, settleAttempt } from './recover.js';

export interface RailDriverLimits {
  /** Calls to one rail at once. */
  readonly rail_calls_max: number;
  /** Attempts waiting for a call to one rail; what is beyond is left to its recovery job. */
  readonly rail_queue_max: number;
  /** A call without an answer for so long has an unknown end; its answer still counts later. */
  readonly rail_answer_ms_max: number;
}

export interface RailDriverDependencies {
  readonly engine: Pick<Engine, 'background' | 'onStarted'>;
  readonly rails: readonly Rail[];
  readonly limits: RailDriverLimits;
  /** Makes a call of a rail and answers as that does: for metrics and traces. */
  readonly around?: (
    attempt: Waiting,
    call: () => Promise<AuthorizeResult>,
  ) => Promise<AuthorizeResult>;
  readonly logError: (error: unknown, what: string) => void;
}

/** An attempt that waits for its rail. */
export interface Waiting {
  readonly account: string;
  readonly id: string;
  readonly rail: string;
}

/** Calls remote rails, between two batches. */
export interface RailDriver {
  /**
   * Asks the rail about an attempt and brings its answer into the books. False, at once, where that
   * is under way already or too many wait. Throws when the books cannot be read or written.
   */
  drive(attempt: Waiting): Promise<boolean>;
  /** Begins no more calls, and resolves when those under way have ended or count as unknown. */
  stop(): Promise<void>;
}

/** Calls a remote rail for each attempt, as soon as that is durable. */
export function startRailDriver(deps: RailDriverDependencies): RailDriver {
  const { engine, limits, logError } = deps;
  const desks = new Map<string, Desk>();
  for (const rail of deps.rails)
    if (rail.kind === 'remote') desks.set(rail.name, makeDesk(rail, limits));
  const driven = new Map<string, Promise<boolean>>();

  async function settle({ account, id }: Waiting, result: AuthorizeResult): Promise<void> {
    await engine.background(settleAttempt(account, id, result));
  }

  async function ask(attempt: Waiting, desk: Desk): Promise<void> {
    const request = await engine.background(askAgain(attempt.account, attempt.id));
    if (request === null || 'failure' in request) return;
    const call = (): Promise<AuthorizeResult> =>
      callRail(desk.rail, request, limits.rail_answer_ms_max, {
        failed: (error) => logError(error, `${attempt.rail} did not answer for ${attempt.id}`),
        late: (answer) => {
          settle(attempt, answer).catch((error) =>
            logError(error, `a late answer for ${attempt.id} could not be settled`),
          );
        },
      });
    await settle(attempt, await (deps.around?.(attempt, call) ?? call()));
  }

  function drive(attempt: Waiting): Promise<boolean> {
    const name = JSON.stringify([attempt.account, attempt.id]);
    if (driven.has(name)) return Promise.resolve(false);
    const desk = desks.get(attempt.rail);
    if (desk === undefined) return Promise.reject(new Error(`no remote rail ${attempt.rail}`));
    const drive = desk.take(() => ask(attempt, desk)).finally(() => driven.delete(name));
    driven.set(name, drive);
    return drive;
  }

  engine.onStarted((attempts) => {
    // Those of a rail of our own wait for their job.
    for (const attempt of attempts.filter(({ rail }) => desks.has(rail)))
      drive(attempt).catch((error) => logError(error, `attempt ${attempt.id} was not driven`));
  });
  return {
    drive,
    stop: async () => {
      for (const desk of desks.values()) desk.close();
      await Promise.allSettled(driven.values());
    },
  };
}

/** Where calls to one rail take turns. */
interface Desk {
  readonly rail: RemoteRail;
  /** Works when a call is free. False, and nothing done, when closed or when too many wait. */
  take(work: () => Promise<void>): Promise<boolean>;
  close(): void;
}

function makeDesk(rail: RemoteRail, { rail_calls_max, rail_queue_max }: RailDriverLimits): Desk {
  const queue: ((open: boolean) => void)[] = [];
  let calls = 0;
  let closed = false;
  return {
    rail,
    take: async (work) => {
      if (closed) return false;
      if (calls < rail_calls_max) calls++;
      else {
        if (queue.length >= rail_queue_max) return false;
        const open = await new Promise<boolean>((resolve) => queue.push(resolve));
        if (!open) return false;
      }
      try {
        await work();
        return true;
      } finally {
        const next = queue.shift();
        if (next === undefined) calls--;
        else next(true);
      }
    },
    close: () => {
      closed = true;
      for (const waiter of queue.splice(0)) waiter(false);
    },
  };
}

/**
 * One call. Nothing is known of one that throws or does not answer in time: the money may have
 * moved. What it answers after that time is handed to `late`.
 */
function callRail(
  rail: RemoteRail,
  request: AuthorizeRequest,
  answer_ms_max: number,
  told: { failed(error: unknown): void; late(answer: AuthorizeResult): void },
): Promise<AuthorizeResult> {
  return new Promise((resolve) => {
    let waiting = true;
    const timer = setTimeout(() => {
      waiting = false;
      resolve({ outcome: 'unknown' });
    }, answer_ms_max);
    const answered = (answer: AuthorizeResult): void => {
      clearTimeout(timer);
      if (waiting) resolve(answer);
      else if (answer.outcome !== 'unknown') told.late(answer);
    };
    authorize(rail, request).then(answered, (error) => {
      told.failed(error);
      answered({ outcome: 'unknown' });
    });
  });
}

/** Also a rail that throws before it has a promise only rejects. */
async function authorize(rail: RemoteRail, request: AuthorizeRequest): Promise<AuthorizeResult> {
  return rail.authorize(request);
}
