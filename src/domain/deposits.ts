/** Two small credits, or a code in their text, that only the account's holder can see. */
export interface DepositCheck {
  kind: 'amounts' | 'descriptor_code';
  /** A capability: whoever holds it may answer. */
  secret: string;
  /** Business time, Unix seconds. */
  sentAt: number;
  /** Business time, Unix seconds. */
  arrivesAt: number;
  /** Wrong answers so far. */
  tries: number;
}

/** The check of deposits that were sent at `sentAt`, by business time in Unix seconds. */
export function newDepositCheck(sentAt: number, secret: string): DepositCheck {
  const arrivesAt = sentAt + DEPOSIT_ARRIVAL_SECONDS;
  return { kind: 'descriptor_code', secret, sentAt, arrivesAt, tries: 0 };
}

/** What a customer says of the deposits on the statement of the account. */
export type DepositAnswer =
  | { readonly amounts: readonly bigint[] }
  | { readonly descriptorCode: string };

/** What a check of that answer finds. */
export type DepositOutcome =
  | 'verified'
  | 'amounts_invalid'
  | 'amounts_mismatch'
  | 'descriptor_code_mismatch'
  | 'attempts_exceeded'
  | 'timeout';

/** Wrong answers that an account's holder has: two amounts are easier to guess than a code. */
export const DEPOSIT_TRIES_MAX = { amounts: 3, descriptor_code: 10 } as const;

/** Days that deposits take to arrive, in seconds. */
const DEPOSIT_ARRIVAL_SECONDS = 2 * 24 * 3600;

/** Seconds after which they can no longer be confirmed. */
export const DEPOSIT_LIFE_SECONDS = 10 * 24 * 3600;

const AMOUNT_OUTCOMES: ReadonlyMap<string, DepositOutcome> = new Map([
  ['32+45', 'verified'],
  ['10+11', 'attempts_exceeded'],
  ['40+41', 'timeout'],
]);

const CODE_OUTCOMES: ReadonlyMap<string, DepositOutcome> = new Map([
  ['SM11AA', 'verified'],
  ['SM33CC', 'attempts_exceeded'],
  ['SM44DD', 'timeout'],
]);

/** Checks an answer by the sandbox's magic values; all others are wrong. */
export function depositOutcome(answer: DepositAnswer): DepositOutcome {
  if ('descriptorCode' in answer)
    return CODE_OUTCOMES.get(answer.descriptorCode) ?? 'descriptor_code_mismatch';
  if (answer.amounts.length !== 2) return 'amounts_invalid';
  const sorted = answer.amounts.toSorted((a, b) => (a < b ? -1 : 1));
  return AMOUNT_OUTCOMES.get(sorted.join('+')) ?? 'amounts_mismatch';
}
