import { isTestClock } from '../../domain/clock.js';
import type { Need, Rows, RowTypes, TableName } from '../../engine/command.js';
import { balanceTransactionView } from './view/balance.js';
import { cashBalanceView, cashMovementView } from './view/bank.js';
import { chargeView } from './view/charge.js';
import { checkoutLinkView } from './view/checkout-link.js';
import { customerView } from './view/customer.js';
import { disputeView, earlyFraudWarningView } from './view/dispute.js';
import { mandateView } from './view/mandate.js';
import { paymentIntentView } from './view/payment-intent.js';
import { paymentMethodView } from './view/payment-method.js';
import { refundView } from './view/refund.js';
import { setupAttemptView, setupIntentView } from './view/setup-intent.js';
import { testClockView } from './view/test-clock.js';
import { tokenView } from './view/token.js';
import type { View, WireObject } from './view/view.js';
import { webhookDeliveryView } from './view/webhook-delivery.js';
import { webhookEndpointView } from './view/webhook-endpoint.js';

// biome-ignore lint/suspicious/noExplicitAny: a link leads to a kind whose row type it names itself
export type AnyKind = Kind<any>;

/** A field that can be expanded: the kind behind it, and the id in the row. */
interface Link<T extends TableName> {
  kind(row: RowTypes[T] | null): AnyKind;
  id(row: RowTypes[T]): string | null;
  /** Every kind that may be behind it, where the row decides. */
  kinds?(): readonly AnyKind[];
}

/** An object of the wire: its table, its view, and what `expand[]` may name on it. */
export interface Kind<T extends TableName> {
  readonly object: string;
  readonly table: T;
  render(row: RowTypes[T], rows: Rows, view: View): WireObject;
  /** Rows that rendering itself reads. */
  also?(row: RowTypes[T], need: Need): void;
  /** Null: expandable in Stripe's words, and always empty here. */
  readonly links: Readonly<Record<string, Link<T> | null>>;
  /** Lists inside the object, absent unless expanded. */
  readonly lists?: Readonly<Record<string, EmbeddedList<T>>>;
}

export interface EmbeddedList<T extends TableName> {
  readonly kind: () => AnyKind;
  readonly column: string;
  readonly url: (row: RowTypes[T]) => string;
  /** Only there for readers whose version had it in the object unasked. */
  readonly past?: true;
}

function link<T extends TableName>(
  kind: () => AnyKind,
  id: (row: RowTypes[T]) => string | null,
): Link<T> {
  return { kind, id };
}

export const PAYMENT_INTENT: Kind<'intents'> = {
  object: 'payment_intent',
  table: 'intents',
  render: (row, _rows, view) => paymentIntentView(row, view),
  links: {
    application: null,
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
    latest_charge: link(
      () => CHARGE,
      (row) => row.latestAttempt,
    ),
    on_behalf_of: null,
    payment_method: link(
      () => PAYMENT_METHOD,
      (row) => row.method,
    ),
    payment_record: null,
    review: null,
    source: null,
    transfer_data: null,
    processing: null,
  },
  lists: {
    charges: {
      kind: () => CHARGE,
      column: 'intent',
      url: (row) => `/v1/charges?payment_intent=${row.id}`,
      past: true,
    },
  },
};

export const CHARGE: Kind<'attempts'> = {
  object: 'charge',
  table: 'attempts',
  render: (row, _rows, view) => chargeView(row, view),
  links: {
    application: null,
    application_fee: null,
    balance_transaction: link(
      () => BALANCE_TRANSACTION,
      (row) => row.transfer,
    ),
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
    dispute: link(
      () => DISPUTE,
      (row) => row.dispute,
    ),
    failure_balance_transaction: null,
    invoice: null,
    on_behalf_of: null,
    payment_intent: link(
      () => PAYMENT_INTENT,
      (row) => row.intent,
    ),
    review: null,
    source_transfer: null,
    transfer: null,
    transfer_data: null,
  },
  lists: {
    refunds: {
      kind: () => REFUND,
      column: 'attempt',
      url: (row) => `/v1/charges/${row.id}/refunds`,
    },
  },
};

/**
 * A view at the time of the test clock that a payment lives by, where it lives by one. The clock
 * of a row that was named is there with it.
 */
function onClockOf(id: string, rows: Rows, view: View): View {
  const clockId = rows.get('intents', id)?.clockId ?? null;
  const clock = clockId !== null && isTestClock(clockId) ? rows.get('clocks', clockId) : null;
  return clock === null ? view : { ...view, now: clock.frozenTime };
}

export const REFUND: Kind<'refunds'> = {
  object: 'refund',
  table: 'refunds',
  render: (row, rows, view) =>
    refundView(row, rows.get('attempts', row.attempt), onClockOf(row.intent, rows, view)),
  also: (row, need) => {
    need('attempts', row.attempt);
    need('intents', row.intent);
  },
  links: {
    balance_transaction: link(
      () => BALANCE_TRANSACTION,
      (row) => row.transfer,
    ),
    charge: link(
      () => CHARGE,
      (row) => row.attempt,
    ),
    failure_balance_transaction: link(
      () => BALANCE_TRANSACTION,
      (row) => row.returnTransfer,
    ),
    payment_intent: link(
      () => PAYMENT_INTENT,
      (row) => row.intent,
    ),
    source_transfer_reversal: null,
    transfer_reversal: null,
  },
};

/** What disputes and warnings are about. */
const PAYMENT_LINKS = {
  charge: link<'disputes' | 'warnings'>(
    () => CHARGE,
    (row) => row.attempt,
  ),
  payment_intent: link<'disputes' | 'warnings'>(
    () => PAYMENT_INTENT,
    (row) => row.intent,
  ),
};

export const DISPUTE: Kind<'disputes'> = {
  object: 'dispute',
  table: 'disputes',
  render: (row, rows, view) => disputeView(row, rows.get('attempts', row.attempt), view),
  also: (row, need) => void need('attempts', row.attempt),
  links: PAYMENT_LINKS,
};

export const EARLY_FRAUD_WARNING: Kind<'warnings'> = {
  object: 'radar.early_fraud_warning',
  table: 'warnings',
  render: (row, rows, view) => earlyFraudWarningView(row, rows.get('attempts', row.attempt), view),
  also: (row, need) => void need('attempts', row.attempt),
  links: PAYMENT_LINKS,
};

export const PAYMENT_METHOD: Kind<'methods'> = {
  object: 'payment_method',
  table: 'methods',
  render: (row, _rows, view) => paymentMethodView(row, view),
  links: {
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
  },
};

export const SETUP_INTENT: Kind<'setups'> = {
  object: 'setup_intent',
  table: 'setups',
  render: (row, _rows, view) => setupIntentView(row, view),
  links: {
    application: null,
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
    latest_attempt: link(
      () => SETUP_ATTEMPT,
      (row) => row.latestAttempt,
    ),
    mandate: link(
      () => MANDATE,
      (row) => (row.singleUse === null ? row.mandate : null),
    ),
    on_behalf_of: null,
    payment_method: link(
      () => PAYMENT_METHOD,
      (row) => row.method,
    ),
    single_use_mandate: link(
      () => MANDATE,
      (row) => (row.singleUse === null ? null : row.mandate),
    ),
  },
};

export const SETUP_ATTEMPT: Kind<'setup_attempts'> = {
  object: 'setup_attempt',
  table: 'setup_attempts',
  render: (row, _rows, view) => setupAttemptView(row, view),
  links: {
    application: null,
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
    on_behalf_of: null,
    payment_method: link(
      () => PAYMENT_METHOD,
      (row) => row.method,
    ),
    setup_intent: link(
      () => SETUP_INTENT,
      (row) => row.setup,
    ),
  },
};

export const MANDATE: Kind<'mandates'> = {
  object: 'mandate',
  table: 'mandates',
  render: (row, _rows, view) => mandateView(row, view),
  links: {
    payment_method: link(
      () => PAYMENT_METHOD,
      (row) => row.method,
    ),
  },
};

export const CUSTOMER: Kind<'customers'> = {
  object: 'customer',
  table: 'customers',
  render: (row, _rows, view) => customerView(row, view),
  links: {
    default_source: null,
    'invoice_settings.default_payment_method': link(
      () => PAYMENT_METHOD,
      (row) => row.defaultMethod,
    ),
    sources: null,
    subscriptions: null,
    tax: null,
    tax_ids: null,
    test_clock: link(
      () => TEST_CLOCK,
      (row) => row.clockId,
    ),
    cash_balance: null,
    discount: null,
  },
};

export const CASH_BALANCE: Kind<'cash_balances'> = {
  object: 'cash_balance',
  table: 'cash_balances',
  render: (row, _rows, view) => cashBalanceView(row, view),
  links: {},
};

export const CASH_MOVEMENT: Kind<'cash_movements'> = {
  object: 'customer_cash_balance_transaction',
  table: 'cash_movements',
  render: (row, _rows, view) => cashMovementView(row, view),
  links: {
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
    'applied_to_payment.payment_intent': link(
      () => PAYMENT_INTENT,
      (row) => row.intent,
    ),
    'unapplied_from_payment.payment_intent': link(
      () => PAYMENT_INTENT,
      (row) => row.intent,
    ),
    'refunded_from_payment.refund': link(
      () => REFUND,
      (row) => row.refund,
    ),
  },
};

/** What a transfer is about, by its kind. */
const SOURCES: Record<RowTypes['transfers']['kind'], () => AnyKind> = {
  authorization: () => CHARGE,
  capture: () => CHARGE,
  refund: () => REFUND,
  refund_failure: () => REFUND,
  dispute: () => DISPUTE,
  dispute_reversal: () => DISPUTE,
  funding: () => CASH_MOVEMENT,
  application: () => PAYMENT_INTENT,
  // What a card machine has paid out is told without its source, which this dialect does not know.
  unlinked_refund: () => CHARGE,
  // These two are in the books of wallets, which no merchant sees.
  wallet_payment: () => CHARGE,
  airdrop: () => CHARGE,
};

function isOfDispute({ kind }: RowTypes['transfers']): boolean {
  return SOURCES[kind]() === DISPUTE;
}

export const BALANCE_TRANSACTION: Kind<'transfers'> = {
  object: 'balance_transaction',
  table: 'transfers',
  render: (row, rows, view) => {
    const dispute = isOfDispute(row) ? rows.get('disputes', row.source) : null;
    return balanceTransactionView(row, dispute?.attempt ?? row.source, view);
  },
  also: (row, need) => void (isOfDispute(row) && need('disputes', row.source)),
  links: {
    source: {
      kind: (row) => (row === null ? CHARGE : SOURCES[row.kind]()),
      id: (row) => (row.kind === 'unlinked_refund' ? null : row.source),
      kinds: () => [CHARGE, REFUND, DISPUTE],
    },
  },
};

export const TEST_CLOCK: Kind<'clocks'> = {
  object: 'test_helpers.test_clock',
  table: 'clocks',
  render: (row, _rows, view) => testClockView(row, view),
  links: {},
};

export const TOKEN: Kind<'tokens'> = {
  object: 'token',
  table: 'tokens',
  render: (row, _rows, view) => tokenView(row, view),
  links: {},
};

/** An addition of ours: the hosted checkout of an intent. */
export const CHECKOUT_LINK: Kind<'directory'> = {
  object: 'checkout_link',
  table: 'directory',
  render: (row, _rows, view) => checkoutLinkView(row, view),
  // No link to the intent: the row is the installation's, the intent is the account's.
  links: {},
};

export const WEBHOOK_ENDPOINT: Kind<'subscriptions'> = {
  object: 'webhook_endpoint',
  table: 'subscriptions',
  render: (row, _rows, view) => webhookEndpointView(row, null, view),
  links: {},
};

export const WEBHOOK_DELIVERY: Kind<'deliveries'> = {
  object: 'webhook_delivery',
  table: 'deliveries',
  render: (row) => webhookDeliveryView(row),
  links: {},
};
