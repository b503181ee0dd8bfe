import type { Logger } from 'pino';

/** Waits for work, but not for ever: everything acknowledged is on disk, whatever is cut off. */
export async function inTime(
  work: Promise<unknown>,
  msMax: number,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn('Stopping took too long: what was still at work is cut off');
      resolve();
    }, msMax);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** The same work, begun by whoever asks first and awaited by all. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}
