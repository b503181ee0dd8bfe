import { triesOf } from '../../../domain/history.js';
import type { Intent } from '../../../domain/intent.js';
import type { JsonObject } from '../../../domain/json.js';
import { soldOf } from '../../../engine/amount-parts.js';
import type { Need, Rows } from '../../../engine/command.js';
import { needIntent } from '../../../engine/intents.js';
import { wireId } from '../ids.js';
import { type KeptIntent, keptOf } from '../kept.js';
import { addressOf } from '../postal.js';
import type { View, WireObject } from '../request.js';
import { intentStatus } from '../status.js';
import { since } from '../versions.js';
import { paymentDetailsView, paymentEventView } from './card.js';
import { moneyView } from './money.js';
import { capturesView, historyOf, type Moves } from './moves.js';
import { shopView } from './shop.js';
import { needTerminalSessions, terminalSessionHistory } from './terminal-session.js';
import { NEVER, wireTime } from './time.js';

/** Names the rows that `paymentIntentView` reads. */
export function needPaymentIntent(need: Need, id: string): void {
  const intent = needIntent(need, id);
  if (intent?.history === null) need.list('refunds', 'intent', id);
  needTerminalSessions(need, id);
}

/** A payment intent as its merchant sees it. `rows` has what `needPaymentIntent` names. */
export function paymentIntentView(intent: Intent, rows: Rows, view: View): WireObject {
  const kept = keptOf(intent);
  const { latestAttempt, history } = intent;
  const moves: Moves = {
    attempt: latestAttempt === null ? null : rows.get('attempts', latestAttempt),
    refunds: history === null ? rows.list('refunds', 'intent', intent.id) : [],
  };
  const told = historyOf(intent, moves);
  const isModern = since(view.version, '2024-02-05');
  return {
    id: wireId('intent', intent.id, view.livemode),
    captureMode: intent.captureMethod === 'manual' ? 'Manual' : 'Auto',
    ...presence(kept, isModern),
    ...secretView(intent, kept, view),
    paymentDetails: detailsView(intent, moves, view),
    status: intentStatus(intent),
    paymentMethods: kept.paymentMethods ?? ['Card'],
    ...amountsView(intent, kept, isModern),
    ...customerView(intent, kept, view),
    createdAt: wireTime(intent.created),
    updatedAt: wireTime(Math.max(intent.created, kept.changedAt ?? 0, ...told.map(({ at }) => at))),
    ...saidView(intent, kept, isModern),
    ...termsView(intent, kept, rows),
    paymentEvents: told.map((entry) => paymentEventView(entry, view, latestAttempt)),
    ...(isModern ? linksView(intent, kept, told, view) : {}),
    terminalSessionHistory: isModern ? terminalSessionHistory(intent, rows, view) : undefined,
  };
}

/** Mail order and telephone order: the card's holder is not there. */
export const MOTO = 'MOTO';

function presence(kept: Partial<KeptIntent>, isModern: boolean): WireObject {
  if (isModern) return { cardHolderNotPresent: kept.cardHolderNotPresent ?? false };
  const source = kept.cardHolderNotPresent === true ? MOTO : kept.transactionSource;
  return { transactionSource: source };
}

/** The newest token for one try to pay or to save a card, while it may still be used. */
export function secretView(
  intent: Pick<Intent, 'account' | 'id' | 'history'>,
  { secretExpiresAt: expiresAt = 0 }: Pick<KeptIntent, 'secretExpiresAt'>,
  view: View,
): WireObject {
  if (expiresAt * 1000 <= view.nowMs) return { clientSessionSecretExpirationDate: NEVER };
  const tries = triesOf(intent.history ?? []);
  const session = { account: intent.account, subject: intent.id, tries, expiresAt };
  return {
    clientSessionSecret: view.tokens.issue(session),
    clientSessionSecretExpirationDate: wireTime(expiresAt),
  };
}

/** What paid is told once it is certain. */
function detailsView(intent: Intent, { attempt }: Moves, view: View): WireObject | undefined {
  if (attempt === null || intent.authorized === 0n) return undefined;
  return paymentDetailsView(attempt, view);
}

function amountsView(intent: Intent, kept: Partial<KeptIntent>, isModern: boolean): WireObject {
  const { parts, currency } = intent;
  const sum = (amount: string | null | undefined) =>
    amount === null || amount === undefined ? undefined : moneyView(amount, currency);
  const lines = kept.itemLines ?? [];
  const subtotal = lines.reduce((total, { amountTotal }) => total + amountTotal.value, 0);
  return {
    amount: moneyView(soldOf(intent), currency),
    tipsAmount: sum(parts?.tips),
    requestedAmount: sum(parts?.requested),
    totalAmount: moneyView(intent.amount, currency),
    refundedAmount: Number(intent.refunded),
    subtotalLineItems: lines.length === 0 ? undefined : moneyView(subtotal, currency),
    ...(isModern
      ? { cashbackAmount: sum(parts?.cashback), serviceChargeAmount: sum(parts?.serviceCharge) }
      : {}),
  };
}

/** Who pays: what was said of him, and what another dialect or the checkout has learned since. */
function customerView(intent: Intent, kept: Partial<KeptIntent>, view: View): WireObject {
  const { id, emailAddress, phoneNumber } = kept.customer ?? {};
  const { customer, receiptEmail } = intent;
  const own = customer === null ? id : wireId('customer', customer, view.livemode);
  const email = emailAddress ?? receiptEmail ?? undefined;
  const isKnown = own !== undefined || email !== undefined || phoneNumber !== undefined;
  return {
    customer: isKnown ? { id: own, emailAddress: email, phoneNumber } : undefined,
    requestSecurity: kept.requestSecurity,
    billingAddress: kept.billingAddress,
    shippingDetails: kept.shippingDetails ?? shippingOf(intent),
  };
}

/** Where goods go, as another dialect has said it. */
function shippingOf({ shipping }: Intent): WireObject | undefined {
  if (shipping === null) return undefined;
  const { name, address } = shipping as { name?: string | null; address?: JsonObject };
  return { name: name ?? undefined, address: addressOf(address ?? null) };
}

/** How a merchant finds it again; what another dialect has made has no reference of its own. */
export function referenceOf(
  { metadata, description, id }: Pick<Intent, 'metadata' | 'description' | 'id'>,
  { reference }: Pick<Partial<KeptIntent>, 'reference'>,
): string {
  return reference ?? metadata.order_id ?? description?.slice(0, 60) ?? id;
}

function saidView(intent: Intent, kept: Partial<KeptIntent>, isModern: boolean): WireObject {
  // The name of an item was its caption until 2024; either is taken, and the version's own shown.
  const lines = (kept.itemLines ?? []).map(({ name, caption, ...line }) => {
    const called = name ?? caption;
    if (isModern) return { ...line, name: called };
    const { id, quantity, amountTotal } = line;
    return { id, quantity, caption: called, amountTotal };
  });
  return {
    reference: referenceOf(intent, kept),
    description: intent.description ?? undefined,
    itemLines: lines,
    taxLines: kept.taxLines ?? [],
    actionLink: kept.actionLink,
  };
}

function termsView(intent: Intent, kept: Partial<KeptIntent>, rows: Rows): WireObject {
  return {
    ...shopView(kept.config, rows),
    paymentSource: kept.paymentSource ?? 'api',
    autoExpireAction: kept.autoExpireAction,
    expireAt: intent.expiresAt === null ? undefined : wireTime(intent.expiresAt),
    autoExpireIn: kept.autoExpireIn,
    metadata: intent.metadata,
  };
}

/** What came with the version of 2024. */
function linksView(
  intent: Intent,
  kept: Partial<KeptIntent>,
  told: ReturnType<typeof historyOf>,
  view: View,
): WireObject {
  const { orderDetails: order } = kept;
  return {
    orderDetails: order && {
      ...order,
      availabilityDate:
        order.availabilityDate === undefined ? undefined : wireTime(order.availabilityDate / 1000),
    },
    setupIntentId: kept.setupIntentId,
    paymentLink: `${view.publicUrl}/checkout/${wireId('intent', intent.id, view.livemode)}`,
    captures: intent.captureMethod === 'manual' ? capturesView(told, view) : undefined,
  };
}
