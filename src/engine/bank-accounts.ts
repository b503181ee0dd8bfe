import { type BankAccount, bankAccountOf } from '../domain/bank.js';
import type { Failure } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { TypedAccount } from '../rails/rail.js';
import type { Work } from './work.js';

/** The bank account behind a typed one; null for types that are no bank accounts. */
export function accountOf(
  work: Work,
  { type, details }: { readonly type: string; readonly details: JsonObject | null },
  rowId: string,
): { details: BankAccount; sealed: string } | Failure | null {
  const desk = work.context.railFor(type)?.desk;
  if (desk === undefined) return null;
  const made = desk.create(type, (details ?? {}) as TypedAccount);
  if (!made.ok) return { failure: 'account_invalid', reason: made.code, param: made.param };
  const { vault } = work.context;
  const fingerprint = vault.fingerprint(made.number);
  return { details: { ...made.account, fingerprint }, sealed: vault.seal(made.number, rowId) };
}

/** A method whose account's holder has shown that it is theirs; other types as they are. */
export function verifiedMethod(method: PaymentMethod): PaymentMethod {
  const account = bankAccountOf(method.details);
  if (account?.verified !== false) return method;
  return { ...method, details: { ...account, verified: true } };
}

/** The bank account that the name of a test account stands for. */
export function namedAccount(
  work: Work,
  name: string,
): { type: string; details: BankAccount } | null {
  for (const type of ['sepa_debit', 'us_bank_account']) {
    const found = work.context.railFor(type)?.desk?.fromMethodName(name);
    if (!found) continue;
    const fingerprint = work.context.vault.fingerprint(found.number);
    return { type: found.type, details: { ...found.account, fingerprint } };
  }
  return null;
}
