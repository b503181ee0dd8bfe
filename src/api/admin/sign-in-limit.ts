/**
 * Failed tries within the window: for one e-mail address from one network address, for one from
 * all, and from one for all. A stranger who guesses should not be able to lock its owner out at
 * once, so the second is the largest.
 */
const PAIR_FAILURES_MAX = 10;
const EMAIL_FAILURES_MAX = 100;
const ADDRESS_FAILURES_MAX = 50;
const WINDOW_MS = 15 * 60_000;
/** Names whose failures are remembered; a flood of new ones pushes the oldest out. */
const NAMES_MAX = 10_000;
/** Passwords are looked at so many at once: each takes memory and time on purpose. */
const AT_ONCE_MAX = 4;

function namesOf(email: string, address: string): [name: string, max: number][] {
  return [
    [`pair ${email} ${address}`, PAIR_FAILURES_MAX],
    [`email ${email}`, EMAIL_FAILURES_MAX],
    [`address ${address}`, ADDRESS_FAILURES_MAX],
  ];
}

/** Says when somebody has guessed often enough. In memory: it starts anew with the process. */
export interface SignInLimit {
  /** Whether a try may be made now. */
  admits(email: string, address: string): boolean;
  /** Makes a try, and counts it where it fails (answers null). */
  guard<T>(email: string, address: string, attempt: () => Promise<T | null>): Promise<T | null>;
}

/** Makes the limit over a wall clock, Unix ms. */
export function makeSignInLimit(nowMs: () => number): SignInLimit {
  const failures = new Map<string, { count: number; sinceMs: number }>();
  let running = 0;

  const countOf = (name: string): number => {
    const known = failures.get(name);
    return known === undefined || nowMs() - known.sinceMs >= WINDOW_MS ? 0 : known.count;
  };
  const fail = (name: string): void => {
    const count = countOf(name);
    const sinceMs = count === 0 ? nowMs() : (failures.get(name)?.sinceMs ?? nowMs());
    // Deleted first, so that it counts as new.
    failures.delete(name);
    failures.set(name, { count: count + 1, sinceMs });
    const [oldest] = failures.keys();
    if (failures.size > NAMES_MAX && oldest !== undefined) failures.delete(oldest);
  };
  return {
    admits: (email, address) =>
      running < AT_ONCE_MAX && namesOf(email, address).every(([name, max]) => countOf(name) < max),
    guard: async (email, address, attempt) => {
      running += 1;
      // Counted before the answer is known, or many tries at once would all be admitted.
      const names = namesOf(email, address);
      for (const [name] of names) fail(name);
      try {
        const end = await attempt();
        if (end !== null) for (const [name] of names) failures.delete(name);
        return end;
      } finally {
        running -= 1;
      }
    },
  };
}
