import type { HistoryItem } from '../../sdk/wallet/history.js';
import type { PaymentOffer, Site } from '../../sdk/wallet/offers.js';
import { currencyDigits } from '../domain/currency.js';
import { moment } from './moment.js';
import { columns, type Paint } from './terminal.js';

const QUARK_DIGITS = 5;
/** Characters of `2026-11-21 12:03`. */
const MINUTE_CHARS = 16;

/** Whole kin with up to five decimals: `5,000 kin`. */
export function kin(quarks: bigint): string {
  const digits = quarks.toString().padStart(QUARK_DIGITS + 1, '0');
  const whole = BigInt(digits.slice(0, -QUARK_DIGITS)).toLocaleString('en-US');
  const fraction = digits.slice(-QUARK_DIGITS).replace(/0+$/, '');
  return `${whole}${fraction === '' ? '' : `.${fraction}`} kin`;
}

/** An amount as its currency is written: `$0.05`; kin, which Intl does not know, as `5 kin`. */
export function money(amount: number, currency: string): string {
  if (currency === 'kin') {
    return `${amount.toLocaleString('en-US', { maximumFractionDigits: QUARK_DIGITS })} kin`;
  }
  const digits = currencyDigits(currency) ?? 2;
  return amount.toLocaleString('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A title and rows of a name and a value below it. */
export function sheet(
  title: string,
  rows: readonly (readonly string[])[],
  { strong, quiet }: Paint,
): string[] {
  const painted = rows.map(([name = '', ...values]) => [quiet(name), ...values]);
  return ['', strong(title), '', ...columns(painted).map((line) => `  ${line}`), ''];
}

/** All that a person should know before paying. */
export function paymentSheet(offer: PaymentOffer, balance: bigint, paint: Paint): string[] {
  const { amount, currency, quarks, rate, destination, fees, site } = offer;
  const isFiat = currency !== 'kin';
  const rateText = `1 kin is ${decimal(rate)} ${currency.toUpperCase()}`;
  const rows = [
    ['Amount', paint.strong(money(amount, currency))],
    ...(isFiat ? [['', `${kin(quarks)}  ${paint.quiet(rateText)}`]] : []),
    ['To', destination],
    ...fees.map((fee, index) => [
      index === 0 ? 'Of that, fees' : '',
      `${kin(fee.quarks)} (${fee.basisPoints / 100} %) to ${fee.destination}`,
    ]),
    ['From', siteText(site, paint)],
    ['You have', balanceText(balance, quarks, paint)],
  ];
  return sheet('Payment request', rows, paint);
}

/** What there is to pay with, and whether that will do. */
export function balanceText(balance: bigint, quarks: bigint, { failure }: Paint): string {
  return balance < quarks ? failure(`${kin(balance)}: not enough`) : kin(balance);
}

/** Who asks, with a word and a shape for how sure that is. */
export function siteText(site: Site | null, { accent, quiet }: Paint): string {
  if (site === null) return quiet('it does not say');
  if (site.verified) return `${site.domain}  ${accent('●')} verified`;
  return `${site.domain}  ${quiet('○')} not verified: anybody could write this`;
}

/** A rate without exponent, to as many digits as matter. */
function decimal(rate: number): string {
  return rate.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

const WORDS = { request: 'Payment', transfer: 'Transfer', faucet: 'Test money' } as const;

/** What moved, newest first, in aligned columns. */
export function historyLines(items: readonly HistoryItem[], { quiet, accent }: Paint): string[] {
  const amounts = items.map(({ direction, quarks }) => {
    const text = `${direction === 'sent' ? '−' : '+'}${kin(quarks)}`;
    return { direction, text };
  });
  const widest = Math.max(0, ...amounts.map(({ text }) => text.length));
  return columns(
    items.map((item, index) => {
      const { direction, text } = amounts[index] ?? { direction: 'sent', text: '' };
      const padded = text.padStart(widest);
      return [
        quiet(moment(item.at.getTime() / 1000).slice(0, MINUTE_CHARS)),
        WORDS[item.kind],
        direction === 'sent' ? padded : accent(padded),
        item.currency === 'kin' ? '' : money(item.amount, item.currency),
        quiet(item.intent),
      ];
    }),
  );
}

/** Twelve words, numbered, in three rows. */
export function phraseLines(phrase: string, { quiet }: Paint): string[] {
  const words = phrase
    .split(' ')
    .map((word, index) => `${quiet(String(index + 1).padStart(2))} ${word}`);
  const perRow = 4;
  const rows = Array.from({ length: Math.ceil(words.length / perRow) }, (_, row) =>
    words.slice(row * perRow, (row + 1) * perRow),
  );
  return columns(rows).map((line) => `  ${line}`);
}
