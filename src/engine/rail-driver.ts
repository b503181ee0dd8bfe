import type { Attempt } from '../domain/attempt.js';
import type { AuthorizeRequest, AuthorizeResult, Rail, RemoteRail } from '../rails/rail.js';
import type { Engine } from './engine.js';
import { askAgain, settleAttempt } from './recover.js';

export interface RailDriverLimits {
  /** Calls to one rail at once. */
  readonly rail_calls_max: number;
  /** Attempts that wait for a call to one rail; those beyond it are left to their recovery job. */
  readonly rail_queue_max: number;
  /** A call without an answer for so long has an unknown end; its answer still counts later. */
  readonly rail_answer_ms_max: number;
}

export interface RailDriverDependencies {
  readonly engine: Pick<Engine, 'background' | 'onStarted'>;
  readonly rails: readonly Rail[];
  readonly limits: RailDriverLimits;
  readonly logError: (error: unknown, what: string) => void;
}

/** Calls remote rails between two batches. */
export interface RailDriver {
  /**
   * Asks the rail about an attempt and brings its answer into the books; resolves at once where
   * that is under way already. Rejects when the books cannot be read or written.
   */
  drive(attempt: { readonly account: string; readonly id: string }): Promise<void>;
  /** Calls no more, and resolves when those under way have ended or are given up as unknown. */
  stop(): Promise<void>;
}

interface Desk {
  calls: number;
  readonly queue: (() => void)[];
}

/** Starts to call remote rails for attempts, as soon as these are durable. */
export function startRailDriver(deps: RailDriverDependencies): RailDriver {
  const { engine, limits, logError } = deps;
  const remote = new Map<string, RemoteRail>();
  for (const rail of deps.rails) if (rail.kind === 'remote') remote.set(rail.name, rail);
  const desks = new Map([...remote.keys()].map((name): [string, Desk] => [name, newDesk()]));
  const driven = new Map<string, Promise<void>>();
  const stopped = false;

  async function settleLate(request: AuthorizeRequest, result: AuthorizeResult): Promise<void> {
    try {
      await engine.background(settleAttempt(request.account, request.attempt, result));
    } catch (error) {
      // The recovery job asks again.
      logError(error, `the late answer to attempt ${request.attempt} could not be settled`);
    }
  }

  async function call(rail: RemoteRail, request: AuthorizeRequest): Promise<AuthorizeResult> {
    let late = false;
    // Nothing is known of a call that threw: it may have been made.
    const answer = answerOf(rail, request).catch((error): AuthorizeResult => {
      logError(error, `rail ${rail.name} did not answer for attempt ${request.attempt}`);
      return { outcome: 'unknown' };
    });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<AuthorizeResult>((resolve) => {
      timer = setTimeout(() => {
        late = true;
        resolve({ outcome: 'unknown' });
      }, limits.rail_answer_ms_max);
    });
    void answer.then((result) => {
      if (late && result.outcome !== 'unknown') return settleLate(request, result);
    });
    const result = await Promise.race([answer, timeout]);
    clearTimeout(timer);
    return result;
  }

  async function drive(account: string, id: string): Promise<void> {
    const asked = await engine.background(askAgain(account, id));
    if (asked === null || 'failure' in asked) return;
    const { request, rail } = asked;
    const [found, desk] = [remote.get(rail), desks.get(rail)];
    if (found === undefined || desk === undefined) throw new Error(`no remote rail ${rail}`);
    if (desk.queue.length >= limits.rail_queue_max || !(await turn(desk))) return;
    let result: AuthorizeResult;
    try {
      result = await call(found, request);
    } finally {
      desk.calls--;
      desk.queue.shift()?.();
    }
    await engine.background(settleAttempt(account, id, result));
  }

  /** Waits for a free call; false when the driver stopped meanwhile. */
  async function turn(desk: Desk): Promise<boolean> {
    while (desk.calls >= limits.rail_calls_max && !stopped)
      await new Promise<void>((resolve) => desk.queue.push(resolve));
    if (stopped) return false;
    desk.calls++;
    return true;
  }
  return { drive: async () => {}, stop: async () => {} };
}

function newDesk(): Desk {
  return { calls: 0, queue: [] };
}

async function answerOf(rail: RemoteRail, request: AuthorizeRequest): Promise<AuthorizeResult> {
  return rail.authorize(request);
}
