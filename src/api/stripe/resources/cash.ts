import type { CashBalance, CashMovement } from '../../../domain/cash.js';
import { applyCash, fundCash, updateCash } from '../../../engine/cash.js';
import { type Command, done } from '../../../engine/command.js';
import { CASH_BALANCE, CASH_MOVEMENT, CUSTOMER, PAYMENT_INTENT } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  equals,
  idOf,
  list,
  missingInPath,
  objectReply,
  type StripeRequest,
  show,
} from '../request.js';
import { type Route, route } from '../route.js';
import { applyCustomerBalance, cashFund, cashMovementList, cashUpdate } from '../schema/cash.js';
import { retrieveOnly } from '../schema/fields.js';
import { cashBalanceView } from '../view/bank.js';

function fund(sent: Infer<typeof cashFund>, request: StripeRequest) {
  const { amount, currency, reference = null } = sent;
  const command = fundCash(request.account, idOf(request), { amount, currency, reference });
  // What it is applied to comes after it: what is shown is the money's arrival.
  const shown: Command<CashMovement> = {
    ...command,
    decide: (work) => {
      const decision = command.decide(work);
      if (decision.end !== 'done') return decision;
      const movement = work.get('cash_movements', decision.value);
      if (movement === null) throw new Error(`${decision.value} was not kept`);
      return done(movement);
    },
  };
  return act(request, shown, { kind: CASH_MOVEMENT, expand: sent.expand });
}

async function demandCustomer(request: StripeRequest): Promise<void> {
  const object = await show(request, CUSTOMER, idOf(request), undefined);
  if (object === null || object.deleted === true) missingInPath(request, 'customer', idOf(request));
}

async function retrieve(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  await demandCustomer(request);
  const id = idOf(request);
  const stored = await show(request, CASH_BALANCE, id, sent.expand);
  const empty: Pick<CashBalance, 'id' | 'mode' | 'sums'> = { id, mode: 'automatic', sums: {} };
  return objectReply(stored ?? cashBalanceView(empty, request.view));
}

function update(sent: Infer<typeof cashUpdate>, request: StripeRequest) {
  const asked = sent.settings?.reconciliation_mode ?? null;
  const mode = asked === 'merchant_default' ? 'automatic' : asked;
  const command = updateCash(request.account, idOf(request), mode);
  return act(request, command, { kind: CASH_BALANCE, expand: sent.expand });
}

async function movements(sent: Infer<typeof cashMovementList>, request: StripeRequest) {
  await demandCustomer(request);
  const id = idOf(request);
  const url = `/v1/customers/${id}/cash_balance_transactions`;
  const conditions = equals('customer', id);
  return list(request, { kind: CASH_MOVEMENT, url, conditions }, sent);
}

async function movement(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  await demandCustomer(request);
  const id = request.path.transaction ?? '';
  const missing = (): never => missingInPath(request, 'cash_movement', id);
  const object = await show(request, CASH_MOVEMENT, id, sent.expand, (row) => {
    if (row.customer !== idOf(request)) missing();
  });
  return object === null ? missing() : objectReply(object);
}

function apply(sent: Infer<typeof applyCustomerBalance>, request: StripeRequest) {
  const { amount = null, currency = null } = sent;
  const id = idOf(request);
  return act(request, applyCash(request.account, id, { amount, currency }), {
    kind: PAYMENT_INTENT,
    expand: sent.expand,
    before: (need) => need('intents', id),
  });
}

const CUSTOMER_PATH = '/v1/customers/:id';

/** Money that customers send ahead, and what is paid with it. */
export const CASH_ROUTES: readonly Route[] = [
  route('POST', '/v1/test_helpers/customers/:id/fund_cash_balance', cashFund, fund, {
    matches: 'pays what waits, the oldest first, in part where it is not enough',
  }),
  route('GET', `${CUSTOMER_PATH}/cash_balance`, retrieveOnly, retrieve),
  route('POST', `${CUSTOMER_PATH}/cash_balance`, cashUpdate, update, {
    matches: '`reconciliation_mode`; the merchant’s default is automatic',
  }),
  route('GET', `${CUSTOMER_PATH}/cash_balance_transactions`, cashMovementList, movements, {
    matches: 'funded, applied_to_payment, unapplied_from_payment, refunded_from_payment',
  }),
  route('GET', `${CUSTOMER_PATH}/cash_balance_transactions/:transaction`, retrieveOnly, movement),
  route('POST', '/v1/payment_intents/:id/apply_customer_balance', applyCustomerBalance, apply, {
    matches: 'amount, currency; what remains, or a part of it',
  }),
];
