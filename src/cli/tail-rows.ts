import type Stripe from 'stripe';
import { currencyDecimals, isSupportedCurrency } from '../api/stripe/currencies.js';
import { currencyDigits } from '../domain/currency.js';
import { type Paint, padded } from './terminal.js';

/** Widths that hold nearly every type and id: events come one by one, no column can be fitted. */
const TYPE_CHARS = 43;
const ID_CHARS = 30;

/** What an event's object has of what is worth a line. */
interface Subject {
  readonly id?: string;
  readonly amount?: number | null;
  readonly currency?: string | null;
  readonly status?: string | null;
}

/** An event in a line: its type, its object, what that is worth and how it stands. */
export function eventRow(
  { type, data }: Pick<Stripe.Event, 'type' | 'data'>,
  paint: Paint,
): string {
  const { id = '', amount, currency, status } = data.object as Subject;
  const isBad = /fail|expired|canceled|dispute\.(created|funds_withdrawn)|fraud/.test(type);
  const text = padded(type, TYPE_CHARS);
  const money = amount == null || currency == null ? '' : amountText(amount, currency);
  return [
    isBad ? paint.failure(text) : text,
    paint.quiet(padded(id, ID_CHARS)),
    money.padStart(14),
    status ?? '',
  ]
    .join('  ')
    .trimEnd();
}

/**
 * Minor units of the Stripe dialect as their currency is written, with its code: `10.99 USD`.
 * Decimals are the dialect's own, and ISO 4217's for what it does not take (kin). Intl is not
 * asked: it counts by how prices are written, so 17500 forints of a hundred would be 17,500.
 */
export function amountText(amount: number, currency: string): string {
  const digits = isSupportedCurrency(currency)
    ? currencyDecimals(currency)
    : (currencyDigits(currency) ?? 0);
  const whole = (amount / 10 ** digits).toLocaleString('en-US', { minimumFractionDigits: digits });
  return `${whole} ${currency.toUpperCase()}`;
}
