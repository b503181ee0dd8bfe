import type { BankAccount } from '../../domain/bank.js';
import type { AccountDesk, AccountTaken, TypedAccount } from '../rail.js';
import { type BankBehaviourName, ibanBehaviour, US_ACCOUNTS } from './behaviours.js';
import { parseIban } from './iban.js';

/** Account numbers of US banks have 17 digits at most. */
const US_ACCOUNT = /^\d{4,17}$/;

const TEST_ROUTING_NUMBER = '110000000';

/** Names that stand for test accounts whose holder has shown that they are theirs. */
const US_NAMES: ReadonlyMap<string, BankBehaviourName> = new Map([
  ['pm_usBankAccount', 'pays'],
  ['pm_usBankAccount_success', 'pays'],
  ['pm_usBankAccount_accountClosed', 'account_closed'],
  ['pm_usBankAccount_noAccount', 'no_account'],
  ['pm_usBankAccount_insufficientFunds', 'insufficient_funds'],
  ['pm_usBankAccount_debitNotAuthorized', 'debit_not_authorized'],
  ['pm_usBankAccount_invalidCurrency', 'invalid_currency'],
  ['pm_usBankAccount_dispute', 'disputes'],
  ['pm_usBankAccount_processing', 'stays_processing'],
  ['pm_usBankAccount_weeklyLimitExceeded', 'weekly_limit'],
]);

const SEPA_NAMES: ReadonlyMap<string, string> = new Map([
  ['pm_sepaDebit', 'AT611904300234573201'],
  ['pm_sepaDebit_success', 'AT611904300234573201'],
]);

/** Takes in bank accounts for the simulator; test accounts have names only where that is asked. */
export function makeAccountDesk({ testNames }: { readonly testNames: boolean }): AccountDesk {
  return {
    create: (type, typed) => (type === 'sepa_debit' ? sepa(typed.iban ?? '') : us(typed)),
    fromMethodName: (name) => (testNames ? named(name) : null),
  };
}

function named(name: string): (AccountTaken & { type: string }) | null {
  const iban = SEPA_NAMES.get(name);
  if (iban !== undefined) return taken('sepa_debit', sepa(iban));
  const behaviour = US_NAMES.get(name);
  if (behaviour === undefined) return null;
  const [number = ''] = [...US_ACCOUNTS].find(([, one]) => one === behaviour) ?? [];
  const made = taken('us_bank_account', us(typedUs(number)));
  return made && { ...made, account: { ...made.account, verified: true } };
}

function typedUs(account_number: string): TypedAccount {
  return { account_number, routing_number: TEST_ROUTING_NUMBER, account_holder_type: 'individual' };
}

function taken(type: string, made: ReturnType<AccountDesk['create']>) {
  return made.ok ? { type, account: made.account, number: made.number } : null;
}

const BLANK = {
  bankCode: null,
  branchCode: null,
  bankName: null,
  routingNumber: null,
  holderType: null,
  accountType: null,
  verified: null,
} as const satisfies Partial<BankAccount>;

function sepa(typed: string): ReturnType<AccountDesk['create']> {
  const parsed = parseIban(typed);
  if (typeof parsed === 'string') return { ok: false, code: parsed, param: 'sepa_debit[iban]' };
  const { iban, country, bankCode, branchCode } = parsed;
  const behaviour = ibanBehaviour(iban);
  const last4 = iban.slice(-4);
  const account = { ...BLANK, country, bankCode, branchCode, last4, behaviour };
  return { ok: true, account, number: iban };
}

function us(typed: TypedAccount): ReturnType<AccountDesk['create']> {
  const { account_number: number = '', routing_number: routing = '' } = typed;
  if (number === '' && routing === '')
    return { ok: false, code: 'account_missing', param: 'us_bank_account[account_number]' };
  if (!isRoutingNumber(routing)) {
    const param = 'us_bank_account[routing_number]';
    return { ok: false, code: 'routing_number_invalid', param };
  }
  const param = 'us_bank_account[account_number]';
  if (!US_ACCOUNT.test(number)) return { ok: false, code: 'account_number_invalid', param };
  const behaviour = US_ACCOUNTS.get(number);
  // No bank is asked here: a number that could be somebody's account must not look like a payment.
  if (behaviour === undefined) return { ok: false, code: 'test_account_required', param };
  const account = {
    ...BLANK,
    country: 'US',
    last4: number.slice(-4),
    bankName: 'STRIPE TEST BANK',
    routingNumber: routing,
    holderType: typed.account_holder_type ?? 'individual',
    accountType: typed.account_type ?? 'checking',
    behaviour,
    verified: false,
  };
  return { ok: true, account, number: `${routing}/${number}` };
}

/** Nine digits, whose sum weighted 3, 7, 1 is a multiple of ten. */
function isRoutingNumber(typed: string): boolean {
  if (!/^\d{9}$/.test(typed)) return false;
  const weights = [3, 7, 1];
  const sum = [...typed].reduce(
    (total, digit, i) => total + Number(digit) * (weights[i % 3] ?? 0),
    0,
  );
  return sum % 10 === 0;
}
