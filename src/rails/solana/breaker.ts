export interface BreakerSettings {
  /** Failures in a row after which nothing is let through. */
  readonly breaker_failures_max: number;
  /** After so long one is let through, to see whether it works again. */
  readonly breaker_pause_ms: number;
  /** Unix ms. */
  readonly nowMs: () => number;
}

/** Stops trying what fails again and again, and tries it now and then until it works. */
export interface Breaker {
  /** Whether to try now; one that may has to be told of by `succeeded` or `failed`. */
  mayTry(): boolean;
  succeeded(): void;
  failed(): void;
  readonly isOpen: boolean;
}

/** A breaker that lets everything through until too much has failed in a row. */
export function makeBreaker(settings: BreakerSettings): Breaker {
  let failures = 0;
  let nextTryMs = 0;
  const isOpen = (): boolean => failures >= settings.breaker_failures_max;
  return {
    mayTry: () => {
      if (!isOpen()) return true;
      const now = settings.nowMs();
      if (now < nextTryMs) return false;
      // The others wait for how this one ends, for no longer than the pause.
      nextTryMs = now + settings.breaker_pause_ms;
      return true;
    },
    succeeded: () => {
      failures = 0;
    },
    failed: () => {
      failures += 1;
      if (isOpen()) nextTryMs = settings.nowMs() + settings.breaker_pause_ms;
    },
    get isOpen() {
      return isOpen();
    },
  };
}
