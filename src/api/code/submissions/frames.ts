import { Code, ConnectError } from '@connectrpc/connect';

/**
 * The next message of a caller's stream, null at its end. Throws ConnectError: deadline_exceeded
 * where none comes in time, canceled where the caller has gone.
 */
export async function nextFrame<T>(
  frames: AsyncIterator<T>,
  wait_ms: number,
  signal: AbortSignal,
): Promise<T | null> {
  const coming = frames.next();
  // Whatever ends the wait, an error of the stream's that comes later has nobody to tell.
  coming.catch(() => {});
  let stopWaiting = (): void => {};
  const end = new Promise<never>((_, reject) => {
    const late = setTimeout(() => {
      reject(new ConnectError('timed out receiving message', Code.DeadlineExceeded));
    }, wait_ms);
    const gone = (): void => reject(new ConnectError('the caller has gone', Code.Canceled));
    signal.addEventListener('abort', gone);
    stopWaiting = () => {
      clearTimeout(late);
      signal.removeEventListener('abort', gone);
    };
    if (signal.aborted) gone();
  });
  try {
    const { done, value } = await Promise.race([coming, end]);
    return done ? null : value;
  } finally {
    stopWaiting();
  }
}
