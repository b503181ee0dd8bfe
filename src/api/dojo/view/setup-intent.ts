import type { HistoryEntry } from '../../../domain/history.js';
import { isPast } from '../../../domain/payment-method.js';
import type { SetupAttempt, SetupIntent } from '../../../domain/setup.js';
import type { Need, Rows } from '../../../engine/command.js';
import { historyEntry } from '../../../engine/history.js';
import { needSetup } from '../../../engine/setups.js';
import { wireId } from '../ids.js';
import { type KeptSetup, keptOf } from '../kept-setup.js';
import type { View, WireObject } from '../request.js';
import { setupStatus } from '../status.js';
import { paymentDetailsView, paymentEventView } from './card.js';
import { referenceOf, secretView } from './payment-intent.js';
import { shopView } from './shop.js';
import { wireTime } from './time.js';

/** Names the rows that `setupIntentView` reads. */
export function needSetupIntent(need: Need, id: string): void {
  const setup = needSetup(need, id);
  if (setup?.history === null) need.list('setup_attempts', 'setup', id);
}

/** A setup as its merchant sees it. `rows` has what `needSetupIntent` names. */
export function setupIntentView(setup: SetupIntent, rows: Rows, view: View): WireObject {
  const events = historyOf(setup, rows).map((entry) => paymentEventView(entry, view));
  return { setupEvents: events, ...publicSetupView(setup, rows, view) };
}

/** A setup as whoever has its link sees it: all but its events. */
export function publicSetupView(setup: SetupIntent, rows: Rows, view: View): WireObject {
  const kept = keptOf(setup);
  const told = historyOf(setup, rows);
  return {
    id: wireId('setup', setup.id, view.livemode),
    ...secretView(setup, kept, view),
    status: setupStatus(setup, isCardOver(setup, rows, view)),
    paymentMethods: kept.paymentMethods ?? ['Card'],
    customer: customerView(setup, kept, view),
    billingAddress: kept.billingAddress,
    shippingDetails: kept.shippingDetails,
    createdAt: wireTime(setup.created),
    updatedAt: wireTime(Math.max(setup.created, ...told.map(({ at }) => at))),
    expireAt: setup.expiresAt === null ? undefined : wireTime(setup.expiresAt),
    reference: referenceOf(setup, kept),
    description: setup.description ?? undefined,
    ...shopView(kept.config, rows),
    metadata: setup.metadata,
    paymentDetails: detailsView(setup, rows, view),
    intendedAmount: kept.intendedAmount,
    merchantInitiatedTransactionType: kept.merchantInitiatedTransactionType ?? 'Unscheduled',
    terms: kept.terms,
    paymentSource: 'api',
  };
}

/** Whether the last month of the saved card has passed, by the setup's own clock. */
function isCardOver({ method, clockId }: SetupIntent, rows: Rows, { nowMs }: View): boolean {
  const card = method === null ? null : (rows.get('methods', method)?.card ?? null);
  const clock = clockId === null ? null : rows.get('clocks', clockId);
  return isPast(card, clock?.frozenTime ?? nowMs / 1000 + rows.account().clockAheadSeconds);
}

function customerView(
  { customer }: SetupIntent,
  { customer: said }: Partial<KeptSetup>,
  { livemode }: View,
): WireObject | undefined {
  if (customer === null) return said;
  return { ...said, id: wireId('customer', customer, livemode) };
}

function detailsView(setup: SetupIntent, rows: Rows, view: View): WireObject | undefined {
  const { state, latestAttempt } = setup;
  const attempt = latestAttempt === null ? null : rows.get('setup_attempts', latestAttempt);
  if (state !== 'succeeded' || attempt === null) return undefined;
  return paymentDetailsView({ ...attempt, approval: null, wire: {} }, view);
}

const KINDS = {
  requires_action: 'challenged',
  abandoned: 'challenged',
  failed: 'declined',
  succeeded: 'authorized',
} as const satisfies Partial<Record<SetupAttempt['state'], HistoryEntry['kind']>>;

/** The history of a setup. One that another dialect has made keeps none: its tries tell it. */
function historyOf(setup: SetupIntent, rows: Rows): HistoryEntry[] {
  if (setup.history !== null) return setup.history;
  const tries = rows.list('setup_attempts', 'setup', setup.id).flatMap((made) => {
    const { state, created, id: subject } = made;
    if (state === 'processing') return [];
    return [historyEntry(created, { kind: KINDS[state], amount: 0n, subject, payer: made })];
  });
  const { canceledAt } = setup;
  if (canceledAt === null) return tries;
  const end = { kind: 'canceled', amount: 0n, subject: '', payer: null } as const;
  return [...tries, historyEntry(canceledAt, end)];
}
