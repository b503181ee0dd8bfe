import { Code, ConnectError } from '@connectrpc/connect';
import type { Failure } from '../../domain/errors.js';
import { Overloaded } from '../../engine/batch.js';
import type { Command, Decision } from '../../engine/command.js';
import type { Engine } from '../../engine/engine.js';

/**
 * Runs a caller's command within the engine's limits; answers what it ends with once that is
 * durable. Throws ConnectError: resource_exhausted for a limit, unavailable where the engine has
 * too much to do, failed_precondition for every other failure.
 */
export async function callEngine<T>(
  engine: Pick<Engine, 'call' | 'newId'>,
  command: Command<T>,
): Promise<T> {
  const ended = await decisionOf(engine, command);
  if (ended.end === 'done') return ended.value;
  throw failureError(ended.failure);
}

/** As `callEngine`, for who tells failures apart: answers what the command ended with. */
export async function decisionOf<T>(
  engine: Pick<Engine, 'call' | 'newId'>,
  command: Command<T>,
): Promise<Decision<T>> {
  try {
    return await endOf(engine, command);
  } catch (error) {
    if (!(error instanceof Overloaded)) throw error;
    throw new ConnectError('the server is busy, try again', Code.Unavailable);
  }
}

/** As `decisionOf`, for callers of other dialects: throws Overloaded as it is. */
export async function endOf<T>(
  engine: Pick<Engine, 'call' | 'newId'>,
  command: Command<T>,
): Promise<Decision<T>> {
  let decision: Decision<T> | null = null;
  await engine.call(command, {
    account: command.account,
    requestId: engine.newId('req_', 14),
    idempotency: null,
    // A batch that is run again decides again: the last decision is the one that stands.
    render: (last) => {
      decision = last;
      return { status: 200, body: '' };
    },
  });
  const ended = decision as Decision<T> | null;
  if (ended === null) throw new Error('a command without a decision');
  return ended;
}

/** What a caller is told of a failure that has no text of its own. */
export function failureError(failure: Failure): ConnectError {
  if (failure.failure === 'limit_reached') {
    const text = `at most ${failure.max} ${failure.what} are kept`;
    return new ConnectError(text, Code.ResourceExhausted);
  }
  return new ConnectError(failure.failure, Code.FailedPrecondition);
}
