/** Time as a steady pace needs it, in ms of a monotonic clock. */
export interface PaceClock {
  now(): number;
  pause(ms: number): Promise<unknown>;
}

/**
 * Begins something at a steady pace, whether or not what was begun before has ended, and waits
 * until all of it has. Each is told when it was due: who waits for a late answer and only then goes
 * on would not count what waited behind it. Rejects with the first that fails.
 * @param perSecond how many begin in a second
 */
export async function atPace(
  { perSecond, seconds, clock }: { perSecond: number; seconds: number; clock: PaceClock },
  begin: (dueMs: number) => Promise<void>,
): Promise<void> {
  const startMs = clock.now();
  const all: Promise<void>[] = [];
  let broken = false;
  for (const count = Math.floor(perSecond * seconds); all.length < count && !broken; ) {
    const dueMs = startMs + (all.length * 1000) / perSecond;
    if (dueMs > clock.now()) {
      await clock.pause(Math.max(1, dueMs - clock.now()));
      continue;
    }
    const begun = begin(dueMs);
    // Heard of at the end; until then it is not an unhandled rejection.
    begun.catch(() => {
      broken = true;
    });
    all.push(begun);
  }
  await Promise.all(all);
}

/** The middle one, the higher of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
