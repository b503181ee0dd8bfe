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
const DEPOSIT_TRIES_MAX = { amounts: 3, descriptor_code: 10 } as const;

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
function depositOutcome(answer: DepositAnswer): DepositOutcome {
  if ('descriptorCode' in answer)
    return CODE_OUTCOMES.get(answer.descriptorCode) ?? 'descriptor_code_mismatch';
  if (answer.amounts.length !== 2) return 'amounts_invalid';
  const sorted = answer.amounts.toSorted((a, b) => (a < b ? -1 : 1));
  return AMOUNT_OUTCOMES.get(sorted.join('+')) ?? 'amounts_mismatch';
}

/** Where an answer leads: `again` keeps the check, counted, and `over` refuses the account. */
export type DepositRuling =
  | { readonly end: 'verified' }
  | { readonly end: 'unfit'; readonly reason: 'amounts_invalid'; readonly triesLeft: number }
  | {
      readonly end: 'again';
      readonly reason: 'amounts_mismatch' | 'descriptor_code_mismatch';
      readonly triesLeft: number;
      readonly check: DepositCheck;
    }
  | {
      readonly end: 'over';
      readonly reason: 'attempts_exceeded' | 'timeout';
      readonly triesLeft: 0;
      /** As the refusal of the account is coded. */
      readonly code: string;
    };

/** Decides about an answer that is given at `now`, business time in Unix seconds. */
export function rulingOnDeposits(
  check: DepositCheck,
  answer: DepositAnswer,
  now: number,
): DepositRuling {
  const found = now > check.sentAt + DEPOSIT_LIFE_SECONDS ? 'timeout' : depositOutcome(answer);
  if (found === 'verified') return { end: 'verified' };
  const kind = 'amounts' in answer ? 'amounts' : 'descriptor_code';
  const triesLeft = Math.max(0, DEPOSIT_TRIES_MAX[kind] - check.tries - 1);
  if (found === 'amounts_invalid') return { end: 'unfit', reason: found, triesLeft };
  const isWrong = found === 'amounts_mismatch' || found === 'descriptor_code_mismatch';
  if (isWrong && triesLeft > 0)
    return { end: 'again', reason: found, triesLeft, check: { ...check, tries: check.tries + 1 } };
  const reason = found === 'timeout' ? found : 'attempts_exceeded';
  const code = `payment_method_microdeposit_verification_${reason}`;
  return { end: 'over', reason, triesLeft: 0, code };
}
