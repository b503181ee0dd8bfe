import type { Decision } from '../../engine/command.js';

/** JSON has no whole numbers of any size. No key of metadata has brackets, so nobody sends this. */
const BIGINT = '[bigint]';

/** A decision as it is kept for an idempotency key. */
export function writeDecision(decision: Decision<unknown>): string {
  return JSON.stringify(decision, (_, value: unknown) =>
    typeof value === 'bigint' ? { [BIGINT]: String(value) } : value,
  );
}

/** The decision that was kept, as it was made. */
export function readDecision<T>(text: string): Decision<T> {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, BIGINT)) return value;
    return BigInt((value as { readonly [BIGINT]: string })[BIGINT]);
  });
}
