import type { JsonObject } from './json.js';

/** What is known of a bank account without its number, as a method and its attempts keep it. */
export type BankAccount = {
  country: string;
  last4: string;
  /** The same for the same account within an installation; 16 characters. */
  fingerprint: string;
  bankCode: string | null;
  branchCode: string | null;
  bankName: string | null;
  routingNumber: string | null;
  holderType: string | null;
  accountType: string | null;
  /** The row of the simulator's table that decides how this account behaves. */
  behaviour: string;
  /** Its holder has shown that it is theirs; null where the type asks for no such proof. */
  verified: boolean | null;
};

/** Why what was typed cannot be a bank account. */
export type AccountFault =
  | 'iban_invalid'
  | 'iban_country'
  | 'routing_number_invalid'
  | 'account_number_invalid'
  | 'account_missing'
  | 'test_account_required';

/** Types that collect from a bank account, with the one currency of each. */
const DEBIT_CURRENCIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['sepa_debit', ['eur']],
  ['us_bank_account', ['usd']],
  ['customer_balance', ['eur', 'gbp', 'jpy', 'mxn', 'usd']],
]);

/** The currencies that a method type pays in; null where it takes all. */
export function currenciesOf(methodType: string): readonly string[] | null {
  return DEBIT_CURRENCIES.get(methodType) ?? null;
}

/** Whether a type's payments are taken whole and at once: nothing can be held for later. */
export function capturesAtOnce(methodType: string): boolean {
  return DEBIT_CURRENCIES.has(methodType);
}

/** Whether a method of the type is a bank account. */
export function isBankDebit(methodType: string): boolean {
  return methodType === 'sepa_debit' || methodType === 'us_bank_account';
}

/** The bank account of a method's or attempt's details; null where there is none. */
export function bankAccountOf(details: JsonObject | null): BankAccount | null {
  return details !== null && typeof details.behaviour === 'string'
    ? (details as BankAccount)
    : null;
}

const FAILED = 'The payment failed.';

/** What a merchant reads when a bank does not pay. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['account_closed', "The customer's bank account has been closed."],
  ['no_account', "The customer's bank account could not be located."],
  ['insufficient_funds', "The customer's account has insufficient funds to cover this payment."],
  [
    'debit_not_authorized',
    'The customer has notified their bank that this debit was unauthorized.',
  ],
  ['invalid_currency', "The customer's bank account does not take this currency."],
  ['charge_exceeds_source_limit', 'This payment exceeds the limit of the bank account.'],
  ['charge_exceeds_weekly_limit', 'This payment exceeds the weekly limit of the bank account.'],
  ['generic_could_not_process', "The customer's bank could not process this payment."],
  [
    'payment_method_microdeposit_verification_attempts_exceeded',
    'You have exceeded the number of allowed verification attempts.',
  ],
  [
    'payment_method_microdeposit_verification_timeout',
    'Microdeposit verification timed out: the deposits were not confirmed within 10 days.',
  ],
]);

/** The text for a bank's failure code. */
export function bankMessage(code: string): string {
  return MESSAGES.get(code) ?? FAILED;
}
