/** What a check has found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  /** What is so. */
  readonly text: string;
  /** What to do about it; null where there is nothing to do. */
  readonly advice: string | null;
}

/** All is well. */
export function ok(check: string, text: string): Finding {
  return { check, state: 'ok', text, advice: null };
}

/** It works, and may not for long, or not for everybody. */
export function warning(check: string, text: string, advice: string): Finding {
  return { check, state: 'warning', text, advice };
}

/** It does not work. */
export function failed(check: string, text: string, advice: string): Finding {
  return { check, state: 'failed', text, advice };
}
