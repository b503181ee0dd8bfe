import type { Attempt } from './attempt.js';
import { isCurrency } from './currency.js';
import type { Customer } from './customer.js';
import type { Intent } from './intent.js';
import type { Metadata } from './json.js';
import { PAYMENT_AMOUNT_MAX } from './money.js';
import type { Refund } from './refund.js';

/** A customer as another provider knew them; `created` in Unix seconds. */
export type PastCustomer = Pick<
  Customer,
  | 'id'
  | 'created'
  | 'email'
  | 'name'
  | 'phone'
  | 'description'
  | 'metadata'
  | 'address'
  | 'shipping'
> & {
  /** False where no more than the id, and what a payment told, is known. */
  readonly isWhole: boolean;
};

/** Money that another provider has paid back. */
export interface PastRefund
  extends Pick<Refund, 'id' | 'created' | 'amount' | 'reason' | 'metadata' | 'transfer'> {}

/** A try to pay at another provider, with its end. */
export interface PastAttempt
  extends Pick<
    Attempt,
    | 'id'
    | 'created'
    | 'amount'
    | 'captured'
    | 'method'
    | 'methodType'
    | 'card'
    | 'billing'
    | 'decline'
    | 'description'
    | 'metadata'
    | 'receiptEmail'
    | 'shipping'
    | 'statementDescriptor'
    | 'statementDescriptorSuffix'
    | 'calculatedDescriptor'
    | 'transfer'
  > {
  readonly state: 'failed' | 'captured' | 'released';
  /** What the provider kept, in minor units of the payment's currency; 0 where it is not told. */
  readonly fee: bigint;
  readonly refunds: readonly PastRefund[];
}

/** A payment that another provider has ended: paid, or canceled. Amounts in minor units. */
export interface PastPayment
  extends Pick<
    Intent,
    | 'id'
    | 'created'
    | 'amount'
    | 'currency'
    | 'customer'
    | 'captureMethod'
    | 'methodTypes'
    | 'description'
    | 'metadata'
    | 'receiptEmail'
    | 'shipping'
    | 'statementDescriptor'
    | 'statementDescriptorSuffix'
    | 'canceledAt'
    | 'cancellationReason'
  > {
  /** Its client made a charge and knows of no intent. */
  readonly isDirect: boolean;
  /** Oldest first. */
  readonly attempts: readonly PastAttempt[];
}

/** Refunds and tries of one payment: a decision reads and writes all of them at once. */
export const PAST_ROWS_MAX = 200;

/** The Stripe API's limits, which hold here, too. */
const METADATA = { keys_max: 50, key_chars_max: 40, value_chars_max: 500 };

/** Longer than any provider's; `_secret` is where clients cut a client secret. */
const ID = /^(?!.*_secret)[0-9A-Za-z_-]{3,64}$/;

/** A word, as counts of declines are kept by it. */
const DECLINE_CODE = /^\w{1,100}$/;

/** Texts of an object, nested ones included, are no longer than this together. */
const OBJECT_CHARS_MAX = 50_000;

/** Why a customer cannot be taken over, as a sentence; null where it can. */
export function pastCustomerFault(customer: PastCustomer): string | null {
  const { id, created, metadata } = customer;
  return idFault(id) ?? timeFault(created) ?? metadataFault(metadata) ?? textFault(customer);
}

/** Why a payment cannot be taken over, as a sentence; null where its books would balance. */
export function pastPaymentFault(payment: PastPayment): string | null {
  const { attempts, amount, currency, customer, metadata } = payment;
  if (!isCurrency(currency)) return `${currency} is no currency that is known here`;
  if (amount <= 0n || amount > PAYMENT_AMOUNT_MAX) return `its amount is ${amount}`;
  const rows = attempts.reduce((sum, { refunds }) => sum + 1 + refunds.length, 0);
  if (rows > PAST_ROWS_MAX) return `it has more than ${PAST_ROWS_MAX} charges and refunds`;
  const ids = idsOf(payment);
  for (const id of customer === null ? ids : [...ids, customer]) {
    const fault = idFault(id);
    if (fault !== null) return fault;
  }
  if (new Set(ids).size < ids.length) return 'two parts of it have one id';
  const accepted = attempts.filter(({ state }) => state !== 'failed');
  if (accepted.length > 1) return `it was paid ${accepted.length} times`;
  const [paid] = accepted;
  if (paid !== undefined && paid !== attempts.at(-1)) return 'a try came after it was paid';
  if ((paid?.state === 'captured') !== (payment.canceledAt === null))
    return 'it is neither paid nor canceled';
  for (const attempt of attempts) {
    const fault = attemptFault(attempt);
    if (fault !== null) return `${attempt.id}: ${fault}`;
  }
  const timed = timeFault(payment.created) ?? timeFault(payment.canceledAt ?? 0);
  return timed ?? metadataFault(metadata) ?? textFault(payment);
}

/** The ids that a payment brings with it, its own first. */
export function idsOf({ id, attempts }: PastPayment): string[] {
  return [
    id,
    ...attempts.flatMap((attempt) => [
      attempt.id,
      ...(attempt.transfer === null ? [] : [attempt.transfer]),
      ...attempt.refunds.flatMap((refund) => [
        refund.id,
        ...(refund.transfer === null ? [] : [refund.transfer]),
      ]),
    ]),
  ];
}

function attemptFault({ state, amount, captured, fee, refunds, ...rest }: PastAttempt) {
  const methodFault = idFault(rest.method);
  if (methodFault !== null) return methodFault;
  if (!/^[a-z][a-z0-9_]{1,40}$/.test(rest.methodType)) return 'its payment method has no type';
  if (amount <= 0n || amount > PAYMENT_AMOUNT_MAX) return `its amount is ${amount}`;
  if (captured < 0n || captured > amount) return `${captured} of ${amount} are captured`;
  if ((state === 'captured') !== captured > 0n) return `${captured} are captured, it is ${state}`;
  if (fee < 0n || fee > captured) return `its fee is ${fee}`;
  if ((state === 'failed') !== (rest.decline !== null)) return 'it failed without a reason';
  for (const code of [rest.decline?.code, rest.decline?.declineCode])
    if (!DECLINE_CODE.test(code ?? 'none')) return `${quoted(code ?? '')} is no code of a decline`;
  let left = captured;
  for (const refund of refunds) {
    if (refund.amount <= 0n) return `${refund.id} gives back ${refund.amount}`;
    left -= refund.amount;
    const fault = timeFault(refund.created) ?? metadataFault(refund.metadata);
    if (fault !== null) return `${refund.id}: ${fault}`;
  }
  if (left < 0n) return `its refunds give back ${captured - left}, captured are ${captured}`;
  return timeFault(rest.created) ?? metadataFault(rest.metadata);
}

/** Later ones have no date in ISO 8601's four digits, which all that is shown needs. */
const TIME_MAX = 253_402_300_799;

function timeFault(seconds: number): string | null {
  return seconds <= TIME_MAX ? null : `${seconds} is after the year 9999`;
}

function idFault(id: string): string | null {
  return ID.test(id) ? null : `${quoted(id)} is no id`;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 70));
}

function metadataFault(metadata: Metadata): string | null {
  const entries = Object.entries(metadata);
  if (entries.length > METADATA.keys_max) return `its metadata has ${entries.length} keys`;
  const long = entries.find(
    ([key, value]) =>
      key.length === 0 ||
      key.length > METADATA.key_chars_max ||
      value.length > METADATA.value_chars_max,
  );
  return long === undefined ? null : `its metadata ${JSON.stringify(long[0].slice(0, 50))} is long`;
}

/** What a database cannot keep is refused here, where it can be said of what. */
function textFault(row: object): string | null {
  let chars = 0;
  let isBroken = false;
  JSON.stringify(row, (key, value: unknown) => {
    for (const text of [key, value]) {
      if (typeof text !== 'string') continue;
      chars += text.length;
      isBroken ||= text.includes('\0') || !text.isWellFormed();
    }
    return typeof value === 'bigint' ? null : value;
  });
  if (isBroken) return 'one of its texts has a NUL or half a character';
  return chars > OBJECT_CHARS_MAX
    ? `its texts have more than ${OBJECT_CHARS_MAX} characters`
    : null;
}
