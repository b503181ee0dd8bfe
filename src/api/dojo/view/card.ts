import { createHash } from 'node:crypto';
import type { Attempt } from '../../../domain/attempt.js';
import type { HistoryEntry } from '../../../domain/history.js';
import type { Address, Card } from '../../../domain/payment-method.js';
import { wireId } from '../ids.js';
import type { View, WireObject } from '../request.js';
import { since } from '../versions.js';
import { wireTime } from './time.js';

/** Card schemes by the networks' names in the core; others are shown in upper case. */
const SCHEMES: Readonly<Record<string, string>> = {
  visa: 'VISA',
  mastercard: 'MASTERCARD',
  amex: 'AMEX',
  discover: 'DISCOVER',
  diners: 'DCI',
  maestro: 'MAESTRO',
};

/** A card's scheme in the wire's words. */
export function schemeOf(brand: string): string {
  return SCHEMES[brand] ?? brand.toUpperCase();
}

/** A number with all but its end hidden: its beginning is not kept. American Express has 15. */
export function maskedNumber({ brand, last4 }: Pick<Card, 'brand' | 'last4'>): string {
  return `${'*'.repeat(brand === 'amex' ? 11 : 12)}${last4}`;
}

/** The last day on which a card can pay, `2030-12-31`. */
export function expiryDate({ expMonth, expYear }: Pick<Card, 'expMonth' | 'expYear'>): string {
  // Day 0 of the next month is the last of this one.
  return new Date(Date.UTC(expYear, expMonth, 0)).toISOString().slice(0, 10);
}

const FUNDING: Readonly<Record<Card['funding'], string>> = {
  credit: 'Credit',
  debit: 'Debit',
  prepaid: 'Prepaid',
  unknown: 'Unknown',
};

/** The id of a transaction, a UUID (of the kind made by a rule of one's own), made of ours. */
export function transactionId(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, variant + hex.slice(17, 20), hex.slice(20, 32)].join('-');
}

/**
 * What the issuer said of the address. Where it was not asked (the simulator asks nobody) what was
 * given counts as right.
 */
function avsResult({ addressLine1Check, postalCodeCheck }: Card, given: Address): string | null {
  const line = addressLine1Check ?? (given.line1 === null ? null : 'pass');
  const postcode = postalCodeCheck ?? (given.postal_code === null ? null : 'pass');
  if (line === null && postcode === null) return null;
  const word = (check: typeof line): string =>
    check === 'pass' ? 'MATCH' : check === 'fail' ? 'NO_MATCH' : 'NOT_CHECKED';
  return `ADDRESS_${word(line)}_POSTCODE_${word(postcode)}`;
}

const ENTRY_MODES: Readonly<Record<string, string>> = {
  contactless: 'Contactless',
  chip: 'ContactChip',
  manual: 'ManualEntry',
};

const VERIFICATIONS: Readonly<Record<string, string>> = {
  pin: 'Pin',
  signature: 'Signature',
  none: 'None',
};

/** How the card was read, where a card machine did it and wrote it down; else nothing. */
export function readingOf({ wire }: Pick<Attempt, 'wire'>): {
  entryMode?: string;
  verification?: string;
} {
  const noted = (wire.terminal ?? {}) as { entryMode?: string; verification?: string };
  if (noted.entryMode === undefined) return {};
  return {
    entryMode: ENTRY_MODES[noted.entryMode] ?? 'Unknown',
    verification: VERIFICATIONS[noted.verification ?? ''] ?? 'None',
  };
}

/** What is told of an attempt, to pay or to save a card. */
type Made = Pick<Attempt, 'id' | 'created' | 'card' | 'billing' | 'approval' | 'method' | 'wire'>;

/** The payment of an intent that was paid, as an attempt tells it. */
export function paymentDetailsView(attempt: Made, view: View): WireObject {
  const { card, billing, approval, method } = attempt;
  const shown: WireObject = {
    transactionId: transactionId(attempt.id),
    transactionDateTime: wireTime(attempt.created),
    message: 'DEPOSITED',
    paymentMethodId: wireId('method', method, view.livemode),
    authCode: approval?.authorizationCode,
  };
  if (card === null) return shown;
  const named = {
    cardNumber: maskedNumber(card),
    cardName: billing.name ?? undefined,
    expiryDate: expiryDate(card),
    cardType: schemeOf(card.brand),
  };
  if (!since(view.version, '2024-02-05')) return { ...shown, ...named };
  const { entryMode, verification } = readingOf(attempt);
  const whole = {
    ...named,
    cardFundingType: FUNDING[card.funding],
    last4PAN: card.last4,
    entryMode,
    verificationMethod: verification,
  };
  const avs = since(view.version, '2025-09-10') ? avsResult(card, billing.address) : null;
  return { ...shown, card: whole, ...(avs === null ? {} : { avsResult: avs }) };
}

const EVENT_TYPES: Readonly<Record<HistoryEntry['kind'], string>> = {
  challenged: 'AuthChallenged',
  declined: 'Declined',
  authorized: 'Authorized',
  captured: 'Captured',
  refunded: 'Refunded',
  refund_failed: 'Error',
  reversed: 'Reversed',
  canceled: 'Canceled',
};

/**
 * A line of an intent's or a setup's history as an event of its payment. `attempt` is the try that
 * paid: what was captured of it is the same transaction.
 */
export function paymentEventView(
  entry: HistoryEntry,
  view: View,
  attempt: string | null = null,
): WireObject {
  const { card, holder, method, authorizationCode } = entry;
  const subject = entry.kind === 'captured' ? (attempt ?? entry.subject) : entry.subject;
  const shown: WireObject = {
    transactionId: subject === '' ? undefined : transactionId(subject),
    transactionDateTime: wireTime(entry.at),
    eventType: EVENT_TYPES[entry.kind],
    authCode: authorizationCode ?? undefined,
    cardholderName: holder ?? undefined,
    paymentMethodId: method === null ? undefined : wireId('method', method, view.livemode),
  };
  if (card === null) return shown;
  return {
    ...shown,
    cardNumber: maskedNumber(card),
    expiryDate: expiryDate(card),
    cardType: schemeOf(card.brand),
  };
}
