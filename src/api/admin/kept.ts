import type { Decision } from '../../engine/command.js';

/** JSON has no whole numbers of any size: they become texts with this before them. */
const BIGINT = 'n:';
/** Texts that could be taken for one, or for a text of this kind, get this before them. */
const TEXT = 's:';

/** A decision as it is kept for an idempotency key. */
export function writeDecision(decision: Decision<unknown>): string {
  return JSON.stringify(decision, (_, value: unknown) => {
    if (typeof value === 'bigint') return BIGINT + String(value);
    const isAlike = typeof value === 'string' && /^[ns]:/.test(value);
    return isAlike ? TEXT + value : value;
  });
}

/** The decision that was kept, as it was made. */
export function readDecision<T>(text: string): Decision<T> {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (value.startsWith(TEXT)) return value.slice(TEXT.length);
    return value.startsWith(BIGINT) ? BigInt(value.slice(BIGINT.length)) : value;
  });
}
