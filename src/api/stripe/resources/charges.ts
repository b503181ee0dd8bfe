import type { Attempt } from '../../../domain/attempt.js';
import type { Refund } from '../../../domain/refund.js';
import { type Command, done, type Need, refused } from '../../../engine/command.js';
import { cancelRefund, expireRefund } from '../../../engine/refund-life.js';
import {
  createRefund,
  type RefundInput,
  updateAttempt,
  updateRefund,
} from '../../../engine/refunds.js';
import { stripeError } from '../errors.js';
import { BALANCE_TRANSACTION, CHARGE, REFUND } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  equals,
  idOf,
  keptFields,
  type Listing,
  list,
  missingInPath,
  objectReply,
  Refusal,
  type StripeRequest,
  show,
  timed,
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
  refundEnd,
  refundList,
  refundRetrieve,
  refundUpdate,
} from '../schema/refunds.js';
import { accountView } from '../view/account.js';
import { balanceView } from '../view/balance.js';
import type { WireObject } from '../view/view.js';
import { invalidRequest } from '../wire-error.js';
import { shippingOf } from './payment-intents.js';

type ShownKind = 'attempts' | 'refunds' | 'transfers';

const SHOWN = { attempts: CHARGE, refunds: REFUND, transfers: BALANCE_TRANSACTION } as const;
const NAMES = { attempts: 'attempt', refunds: 'refund', transfers: 'transfer' } as const;

function missing(request: StripeRequest, table: ShownKind): never {
  return missingInPath(request, NAMES[table], idOf(request));
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
    before: (need) => {
      const attempt = need('attempts', idOf(request));
      return attempt && { ...attempt, customer: customer ?? attempt.customer };
    },
  });
}

function refundInput(
  sent: Infer<typeof refundCreate> | Infer<typeof chargeRefundCreate>,
  charge: string | null,
): RefundInput {
  return {
    attempt: charge,
    intent: charge === null ? (sent.payment_intent ?? null) : null,
    amount: sent.amount ?? null,
    reason: sent.reason ?? null,
    metadata: sent.metadata === undefined ? {} : changedMetadata(sent.metadata)({}),
    instructionsEmail: sent.instructions_email ?? null,
    wire: {},
  };
}

/** Where a request names a charge and a payment, the charge must be the payment's. */
function refundCommand(
  sent: Infer<typeof refundCreate> | Infer<typeof chargeRefundCreate>,
  charge: string | null,
  { account }: StripeRequest,
): Command<Refund> {
  const command = createRefund(account, refundInput(sent, charge));
  const id = sent.payment_intent;
  if (charge === null || id === undefined) return command;
  const param = 'payment_intent';
  return {
    ...command,
    decide: (work) => {
      const attempt = work.get('attempts', charge);
      return attempt === null || attempt.intent === id
        ? command.decide(work)
        : refused({ failure: 'missing', kind: 'intent', id, where: 'body', param });
    },
  };
}

function refund(
  sent: Infer<typeof refundCreate> | Infer<typeof chargeRefundCreate>,
  charge: string | null,
  request: StripeRequest,
) {
  if (charge === null && sent.payment_intent === undefined)
    throw new Refusal(invalidRequest(NO_CASH_BALANCE, 'origin'));
  const input = refundInput(sent, charge);
  return act(request, refundCommand(sent, charge, request), {
    kind: REFUND,
    expand: sent.expand,
    before: (need) => refundToBe(need, input),
  });
}

const NO_CASH_BALANCE =
  'Customers have no cash balance here that could be refunded: name a payment_intent or a charge.';

/** The refund that will be made, as far as expansions lead on from it. */
function refundToBe(need: Need, input: RefundInput): Refund | null {
  const named = need('attempts', input.attempt);
  const intent = need('intents', named?.intent ?? input.intent);
  const attempt = named?.id ?? intent?.latestAttempt ?? null;
  if (!intent || attempt === null) return null;
  return { attempt, intent: intent.id, transfer: null } as Refund;
}

/** The older path answers with the charge that was refunded. */
function refundAndShowCharge(sent: Infer<typeof chargeRefundCreate>, request: StripeRequest) {
  const id = idOf(request);
  const command = refundCommand(sent, id, request);
  const asCharge: Command<Attempt> = {
    ...command,
    decide: (work) => {
      const decision = command.decide(work);
      return decision.end === 'done' ? done(work.get('attempts', id) as Attempt) : decision;
    },
  };
  const before = (need: Need) => need('attempts', id);
  return act(request, asCharge, { kind: CHARGE, expand: sent.expand, before });
}

function listRefunds(
  sent: Pick<Infer<typeof refundList>, 'limit' | 'starting_after' | 'ending_before' | 'expand'>,
  conditions: Listing<'refunds'>['conditions'],
  url: string,
  request: StripeRequest,
  extra: WireObject = {},
) {
  return list(request, { kind: REFUND, url, conditions, extra }, sent);
}

/** Refunds of one charge, counted, as recorded of the live API; null where there is no charge. */
function countRefunds(request: StripeRequest, charge: string): Promise<{ count: number } | null> {
  return request.engine.read(
    request.account,
    (need) => {
      need('attempts', charge);
      need.list('refunds', 'attempt', charge);
    },
    (rows) =>
      rows.get('attempts', charge) === null
        ? null
        : { count: rows.list('refunds', 'attempt', charge).length },
  );
}

async function listRefundsOfCharge(sent: Infer<typeof refundList>, request: StripeRequest) {
  const id = idOf(request);
  const counted = await countRefunds(request, id);
  if (counted === null) return missing(request, 'attempts');
  const url = `/v1/charges/${id}/refunds`;
  return listRefunds(sent, equals('attempt', id), url, request, counted);
}

async function retrieveRefundOfCharge(sent: Infer<typeof refundRetrieve>, request: StripeRequest) {
  const id = request.path.refund ?? '';
  if ((await countRefunds(request, idOf(request))) === null) return missing(request, 'attempts');
  const object = await show(request, REFUND, id, undefined);
  if (object?.charge === idOf(request))
    return objectReply((await show(request, REFUND, id, sent.expand)) ?? object);
  const error = stripeError(
    { failure: 'missing', kind: 'refund', id, where: 'path', param: null },
    request.view,
  );
  throw new Refusal({ ...error, param: 'refund' });
}

function among(column: string, value: string[] | undefined) {
  return value === undefined ? [] : [{ column, comparison: 'in' as const, value }];
}

/** Transfers that a merchant sees: those that moved their money. */
const SEEN = {
  column: 'kind',
  comparison: 'in' as const,
  value: ['capture', 'refund', 'refund_failure', 'unlinked_refund', 'dispute', 'dispute_reversal'],
};

const WIRE_TYPES: ReadonlyMap<string, string[]> = new Map([
  ['charge', ['capture']],
  ['refund', ['refund']],
  ['refund_failure', ['refund_failure']],
  ['adjustment', ['dispute', 'dispute_reversal', 'unlinked_refund']],
]);

/**
 * The sources that a filter by source means: a charge stands for its dispute too, and a dispute's
 * own id, as recorded of the live API, for nothing.
 */
async function sourcesOf(source: string, request: StripeRequest): Promise<string[]> {
  const { attempt, dispute } = await request.engine.read(
    request.account,
    (need) => {
      need('attempts', source);
      need('disputes', source);
    },
    (rows) => ({ attempt: rows.get('attempts', source), dispute: rows.get('disputes', source) }),
  );
  if (dispute !== null) return [];
  return attempt?.dispute ? [source, attempt.dispute] : [source];
}

async function listTransfers(sent: Infer<typeof balanceTransactionList>, request: StripeRequest) {
  // A type that Tender has no transfers of is a type of which there are none.
  const kinds = sent.type === undefined ? undefined : (WIRE_TYPES.get(sent.type) ?? []);
  const sources = sent.source === undefined ? undefined : await sourcesOf(sent.source, request);
  const conditions = [
    SEEN,
    ...among('kind', kinds),
    ...among('source', sources),
    ...equals('currency', sent.currency?.toLowerCase()),
    ...(sent.payout === undefined ? [] : equals('kind', 'none')),
    ...within('created', sent.created),
  ];
  const url = '/v1/balance_transactions';
  return list(request, { kind: BALANCE_TRANSACTION, url, conditions }, sent);
}

async function balance(_sent: unknown, request: StripeRequest) {
  const balances = await request.engine.balances(request.account);
  return request.engine.read(
    request.account,
    () => {},
    (rows) =>
      objectReply(balanceView(balances, rows.account().currency, timed(request.view, rows))),
  );
}

function account(_sent: unknown, request: StripeRequest) {
  return request.engine.read(
    request.account,
    () => {},
    (rows) => objectReply(accountView(rows.account(), request.view)),
  );
}

export const CHARGE_ROUTES: readonly Route[] = [
  route(
    'GET',
    '/v1/charges',
    chargeList,
    (sent, request) => {
      const conditions = [
        ...equals('customer', sent.customer),
        ...equals('intent', sent.payment_intent),
        ...within('created', sent.created),
      ];
      return list(request, { kind: CHARGE, url: '/v1/charges', conditions }, sent);
    },
    { matches: 'customer, payment intent, created' },
  ),
  route(
    'GET',
    '/v1/charges/:id',
    chargeRetrieve,
    (sent, request) => retrieve('attempts', sent, request),
    { deviates: '`receipt_url` is null' },
  ),
  route('POST', '/v1/charges/:id', chargeUpdate, updateCharge),
  route(
    'POST',
    '/v1/charges/:id/refunds',
    chargeRefundCreate,
    (sent, request) => refund(sent, idOf(request), request),
    { matches: 'answers the refund' },
  ),
  route('POST', '/v1/charges/:id/refund', chargeRefundCreate, refundAndShowCharge, {
    matches: 'the oldest form: answers the charge',
  }),
  route('GET', '/v1/charges/:id/refunds', refundList, listRefundsOfCharge),
  route('GET', '/v1/charges/:id/refunds/:refund', refundRetrieve, retrieveRefundOfCharge),
];

export const REFUND_ROUTES: readonly Route[] = [
  route(
    'POST',
    '/v1/refunds',
    refundCreate,
    (sent, request) => refund(sent, sent.charge ?? null, request),
    {
      matches: 'by charge or payment intent, whole or in parts',
      deviates: '',
    },
  ),
  route(
    'GET',
    '/v1/refunds',
    refundList,
    async (sent, request) => {
      const counted = sent.charge === undefined ? null : await countRefunds(request, sent.charge);
      const conditions = [
        ...equals('attempt', sent.charge),
        ...equals('intent', sent.payment_intent),
        ...within('created', sent.created),
      ];
      return listRefunds(sent, conditions, '/v1/refunds', request, counted ?? {});
    },
    { matches: 'charge, payment intent, created' },
  ),
  route('GET', '/v1/refunds/:id', refundRetrieve, (sent, request) =>
    retrieve('refunds', sent, request),
  ),
  route(
    'POST',
    '/v1/refunds/:id',
    refundUpdate,
    (sent, request) => {
      const change = changedMetadata(sent.metadata ?? {});
      return act(request, updateRefund(request.account, idOf(request), change), {
        kind: REFUND,
        expand: sent.expand,
        before: (need) => need('refunds', idOf(request)),
      });
    },
    { matches: 'metadata' },
  ),
  route(
    'POST',
    '/v1/refunds/:id/cancel',
    refundEnd,
    (sent, request) => endRefund(cancelRefund, sent, request),
    { matches: 'while its payee is asked for bank details; cards refuse it' },
  ),
  route('POST', '/v1/test_helpers/refunds/:id/expire', refundEnd, (sent, request) =>
    endRefund(expireRefund, sent, request),
  ),
];

function endRefund(
  end: typeof cancelRefund,
  sent: { readonly expand?: readonly string[] },
  request: StripeRequest,
) {
  const id = idOf(request);
  const before = (need: Need) => need('refunds', id);
  return act(request, end(request.account, id), { kind: REFUND, expand: sent.expand, before });
}

export const BALANCE_ROUTES: readonly Route[] = [
  route('GET', '/v1/balance', balanceRetrieve, balance, {
    matches: 'available and pending per currency',
    deviates: 'no payouts',
  }),
  route('GET', '/v1/balance_transactions', balanceTransactionList, listTransfers, {
    matches: 'source, type, currency, created',
  }),
  route('GET', '/v1/balance/history', balanceTransactionList, listTransfers, {
    matches: 'the older name of the above',
  }),
  route('GET', '/v1/balance_transactions/:id', balanceTransactionRetrieve, (sent, request) =>
    retrieve('transfers', sent, request),
  ),
  route('GET', '/v1/account', accountRetrieve, account, {
    matches: "one's own, with the statement descriptors",
  }),
];
