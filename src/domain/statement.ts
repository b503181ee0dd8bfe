import type { Account } from './account.js';

/** What fits on a card statement's line. */
export const STATEMENT_CHARACTERS_MAX = 22;

/**
 * The line on the customer's statement. A payment's own text is appended to the account's prefix
 * with `* `, and the two characters count; what does not fit is cut, as card networks do.
 */
export function statementLine(
  account: Account,
  descriptor: string | null,
  suffix: string | null,
): string {
  const own = descriptor ?? suffix;
  if (own === null) return account.statementDescriptor.slice(0, STATEMENT_CHARACTERS_MAX);
  const line = `${account.statementDescriptorPrefix}* ${own}`;
  return line.slice(0, STATEMENT_CHARACTERS_MAX).trimEnd();
}
