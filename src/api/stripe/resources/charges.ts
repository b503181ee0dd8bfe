import {
  createRefund,
  type RefundInput,
  updateAttempt,
  updateRefund,
} from '../../../engine/refunds.js';
import { BALANCE_TRANSACTION, CHARGE, REFUND } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  equals,
  keptFields,
  type Listing,
  list,
  objectReply,
  refuse,
  type StripeRequest,
  show,
  within,
} from '../request.js';
import { type Route, route } from '../route.js';
import { accountRetrieve, balanceRetrieve } from '../schema/account.js';
import {
  balanceTransactionList,
  balanceTransactionRetrieve,
} from '../schema/balance-transactions.js';
import { chargeList, chargeRetrieve, chargeUpdate } from '../schema/charges.js';
import {
  chargeRefundCreate,
  refundCreate,
  refundList,
  refundRetrieve,
  refundUpdate,
} from '../schema/refunds.js';
import { accountView } from '../view/account.js';
import { balanceView } from '../view/balance.js';
import { shippingOf } from './payment-intents.js';

type ShownKind = 'attempts' | 'refunds' | 'transfers';

const SHOWN = { attempts: CHARGE, refunds: REFUND, transfers: BALANCE_TRANSACTION } as const;
const NAMES = { attempts: 'attempt', refunds: 'refund', transfers: 'transfer' } as const;

function idOf(request: StripeRequest): string {
  return request.path.id ?? '';
}

function missing(request: StripeRequest, table: ShownKind): never {
  const id = idOf(request);
  const where = 'path' as const;
  return refuse({ failure: 'missing', kind: NAMES[table], id, where, param: null }, request.view);
}

async function retrieve(
  table: ShownKind,
  sent: { readonly expand?: readonly string[] },
  request: StripeRequest,
) {
  const kind = SHOWN[table] as typeof CHARGE;
  const object = await show(request, kind, idOf(request), sent.expand);
  return object === null ? missing(request, table) : objectReply(object);
}

function updateCharge(sent: Infer<typeof chargeUpdate>, request: StripeRequest) {
  const { customer, description, metadata, receipt_email, shipping } = sent;
  const command = updateAttempt(request.account, idOf(request), {
    ...(customer === undefined ? {} : { customer }),
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata: changedMetadata(metadata) }),
    ...(receipt_email === undefined ? {} : { receiptEmail: receipt_email }),
    ...(shipping === undefined ? {} : { shipping: shippingOf(shipping) }),
    wire: keptFields(sent, ['fraud_details', 'transfer_group']),
  });
  return act(request, command, {
    kind: CHARGE,
    expand: sent.expand,
    before: (need) => need('attempts', idOf(request)),
  });
}

function refundInput(
  sent: Infer<typeof refundCreate> | Infer<typeof chargeRefundCreate>,
  charge: string | null,
): RefundInput {
  return {
    attempt: charge,
    intent: sent.payment_intent ?? null,
    amount: sent.amount ?? null,
    reason: sent.reason ?? null,
    metadata: sent.metadata === undefined ? {} : changedMetadata(sent.metadata)({}),
    instructionsEmail: sent.instructions_email ?? null,
    wire: {},
  };
}

function refund(
  sent: Infer<typeof refundCreate> | Infer<typeof chargeRefundCreate>,
  charge: string | null,
  request: StripeRequest,
) {
  const command = createRefund(request.account, refundInput(sent, charge));
  return act(request, command, { kind: REFUND, expand: sent.expand });
}

function listRefunds(
  sent: Pick<Infer<typeof refundList>, 'limit' | 'starting_after' | 'ending_before' | 'expand'>,
  conditions: Listing<'refunds'>['conditions'],
  url: string,
  request: StripeRequest,
) {
  return list(request, { kind: REFUND, url, conditions }, sent);
}

/** Transfers that a merchant sees: those that moved their money. */
const SEEN = { column: 'kind', comparison: 'in' as const, value: ['capture', 'refund'] };

const WIRE_TYPES: Record<string, string> = { charge: 'capture', refund: 'refund' };

function listTransfers(sent: Infer<typeof balanceTransactionList>, request: StripeRequest) {
  // A type that Tender has no transfers of is a type of which there are none.
  const kinds = sent.type === undefined ? undefined : (WIRE_TYPES[sent.type] ?? 'none');
  const conditions = [
    SEEN,
    ...equals('kind', kinds),
    ...equals('source', sent.source),
    ...equals('currency', sent.currency?.toLowerCase()),
    ...(sent.payout === undefined ? [] : equals('kind', 'none')),
    ...within('created', sent.created),
  ];
  const url = '/v1/balance_transactions';
  return list(request, { kind: BALANCE_TRANSACTION, url, conditions }, sent);
}

async function balance(_sent: unknown, request: StripeRequest) {
  const balances = await request.engine.balances(request.account);
  const currency = await request.engine.read(
    request.account,
    () => {},
    (rows) => rows.account().currency,
  );
  return objectReply(balanceView(balances, currency, request.view));
}

function account(_sent: unknown, request: StripeRequest) {
  return request.engine.read(
    request.account,
    () => {},
    (rows) => objectReply(accountView(rows.account(), request.view)),
  );
}

export const CHARGE_ROUTES: readonly Route[] = [
  route('GET', '/v1/charges', chargeList, (sent, request) => {
    const conditions = [
      ...equals('customer', sent.customer),
      ...equals('intent', sent.payment_intent),
      ...within('created', sent.created),
    ];
    return list(request, { kind: CHARGE, url: '/v1/charges', conditions }, sent);
  }),
  route('GET', '/v1/charges/:id', chargeRetrieve, (sent, request) =>
    retrieve('attempts', sent, request),
  ),
  route('POST', '/v1/charges/:id', chargeUpdate, updateCharge),
  route('POST', '/v1/charges/:id/refunds', chargeRefundCreate, (sent, request) =>
    refund(sent, idOf(request), request),
  ),
  route('GET', '/v1/charges/:id/refunds', refundList, async (sent, request) => {
    const id = idOf(request);
    if ((await show(request, CHARGE, id, undefined)) === null) missing(request, 'attempts');
    return listRefunds(sent, equals('attempt', id), `/v1/charges/${id}/refunds`, request);
  }),
];

export const REFUND_ROUTES: readonly Route[] = [
  route('POST', '/v1/refunds', refundCreate, (sent, request) =>
    refund(sent, sent.charge ?? null, request),
  ),
  route('GET', '/v1/refunds', refundList, (sent, request) => {
    const conditions = [
      ...equals('attempt', sent.charge),
      ...equals('intent', sent.payment_intent),
      ...within('created', sent.created),
    ];
    return listRefunds(sent, conditions, '/v1/refunds', request);
  }),
  route('GET', '/v1/refunds/:id', refundRetrieve, (sent, request) =>
    retrieve('refunds', sent, request),
  ),
  route('POST', '/v1/refunds/:id', refundUpdate, (sent, request) => {
    const change = changedMetadata(sent.metadata ?? {});
    return act(request, updateRefund(request.account, idOf(request), change), {
      kind: REFUND,
      expand: sent.expand,
      before: (need) => need('refunds', idOf(request)),
    });
  }),
];

export const BALANCE_ROUTES: readonly Route[] = [
  route('GET', '/v1/balance', balanceRetrieve, balance),
  route('GET', '/v1/balance_transactions', balanceTransactionList, listTransfers),
  route('GET', '/v1/balance/history', balanceTransactionList, listTransfers),
  route('GET', '/v1/balance_transactions/:id', balanceTransactionRetrieve, (sent, request) =>
    retrieve('transfers', sent, request),
  ),
  route('GET', '/v1/account', accountRetrieve, account),
];
