import { declineMessage } from '../../domain/decline-messages.js';
import type { Failure } from '../../domain/errors.js';
import type { HttpReply } from '../http.js';
import { jsonReply } from '../own-page.js';
import type { CheckoutFault, FaultCode } from './schema.js';

/** Thrown where a call cannot be done; nothing of it is. */
export class CallFault extends Error {
  readonly status: number;
  readonly code: FaultCode;
  readonly field: string | null;
  constructor(status: number, code: FaultCode, message: string, field: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** The answer to a call that cannot be done. */
export function faultReply({ status, code, message, field }: CallFault): HttpReply {
  const fault: CheckoutFault = { error: { code, message, field } };
  return jsonReply(fault, status);
}

/** There is nothing under the link, or nothing that its holder may see. */
export const unknownLink = (): CallFault =>
  new CallFault(
    404,
    'unknown_link',
    'There is no payment under this link. Ask the shop for a new one.',
  );

/** A field of the call is missing. */
export const missingField = (field: string, message: string): CallFault =>
  new CallFault(400, 'required', message, field);

/** A field of the call is not what it should be. */
export const invalidField = (field: string, message: string): CallFault =>
  new CallFault(400, 'invalid', message, field);

/** The fields of a call, by the names that the rails have for them. */
const FIELDS: Readonly<Record<string, string>> = {
  number: 'card.number',
  exp_month: 'card.expMonth',
  exp_year: 'card.expYear',
  cvc: 'card.cvc',
  'sepa_debit[iban]': 'iban',
  'us_bank_account[routing_number]': 'routingNumber',
  'us_bank_account[account_number]': 'accountNumber',
};

const over = (message: string): CallFault => new CallFault(409, 'over', message);

/** What of a failure a customer is told: never more than he could know, and no id but his own. */
export function faultOf(failure: Failure): CallFault {
  switch (failure.failure) {
    case 'missing':
      return failure.kind === 'method'
        ? invalidField('savedCard', 'This card is no longer saved. Choose another one.')
        : unknownLink();
    case 'card_invalid':
      return invalidField(FIELDS[failure.param] ?? 'card', declineMessage(failure.reason, null));
    case 'account_invalid':
      return invalidField(FIELDS[failure.param] ?? 'iban', ACCOUNT_TEXTS[failure.reason]);
    case 'method_consumed':
    case 'method_customer_missing':
    case 'method_customer_mismatch':
    case 'setup_method_customer':
      return invalidField('savedCard', 'This card is no longer saved. Choose another one.');
    case 'method_type':
    case 'setup_method_type':
    case 'type_currency':
    case 'type_capture':
    case 'no_types_left':
    case 'rail_cannot':
      return new CallFault(
        409,
        'method_unavailable',
        'This way to pay does not fit. Choose another one.',
      );
    case 'mandate_required':
      return missingField('agreed', 'Agree to the debit first.');
    case 'change_not_allowed':
      return new CallFault(403, 'not_allowed', `The shop has fixed the ${failure.what}.`);
    case 'limit_reached':
      return failure.what.startsWith('receipts')
        ? new CallFault(429, 'too_many_receipts', 'This receipt was sent often enough.')
        : new CallFault(429, 'too_many_tries', 'Too many tries. Ask the shop for a new link.');
    case 'overloaded':
      return new CallFault(503, 'busy', 'The server is busy. Try again in a moment.');
    case 'attempt_in_flight':
      return over('A payment is on its way. Wait for its end.');
    default:
      return over('That is not possible any more.');
  }
}

type AccountFault = Extract<Failure, { failure: 'account_invalid' }>['reason'];

const ACCOUNT_TEXTS: Readonly<Record<AccountFault, string>> = {
  iban_invalid: 'This is no IBAN. Check its digits.',
  iban_country: 'Accounts of this country cannot be debited.',
  routing_number_invalid: 'This is no routing number. It has nine digits.',
  account_number_invalid: 'This is no account number. It has 4 to 17 digits.',
  account_missing: 'Enter the account.',
  test_account_required: 'A sandbox takes test accounts alone, such as 000123456789.',
};
