import type { Attempt } from '../domain/attempt.js';
import { bankAccountOf } from '../domain/bank.js';
import { currencyDigits } from '../domain/currency.js';
import type { Letter } from '../domain/mail.js';
import { formatPlain } from '../domain/money.js';
import { soldOf } from '../engine/amount-parts.js';
import type { Paid } from '../engine/mails.js';
import type { CheckoutTerms } from './checkout-terms.js';
import { CARD_BRANDS } from './hosted-text.js';
import { escaped } from './page-shell.js';

/** A line of the receipt: what, and how much. */
type Row = readonly [name: string, value: string];

const DATE = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** An amount of minor units as people read it. */
export function readMoney(amount: bigint, currency: string): string {
  const digits = currencyDigits(currency) ?? 2;
  const format = new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // As text: a double would lose digits of what a 64-bit column holds.
  return format.format(formatPlain(amount, currency) as Intl.StringNumericLiteral);
}

const TYPES: Readonly<Record<string, string>> = {
  crypto: 'Wallet',
  customer_balance: 'Bank transfer',
  sepa_debit: 'SEPA Direct Debit',
  us_bank_account: 'Bank account',
};

/** What was paid with, as a customer knows it: `Visa •••• 4242`. */
export function methodText({ card, methodType, methodDetails }: Attempt): string {
  const last4 = card?.last4 ?? bankAccountOf(methodDetails)?.last4;
  const name = card === null ? TYPES[methodType] : CARD_BRANDS[card.brand];
  const shown = name ?? (card === null ? methodType : 'Card');
  return last4 === undefined ? shown : `${shown} •••• ${last4}`;
}

/**
 * Writes a payment's receipt: plain text, and HTML that prints on one page and works without
 * images. `terms` are the dialect's that made the intent.
 */
export function receiptLetter(
  paid: Paid,
  terms: Pick<CheckoutTerms, 'lines' | 'taxes' | 'reference' | 'title'>,
  livemode: boolean,
): Letter {
  const { intent, attempt, merchant } = paid;
  const shop = oneLine(terms.title || merchant.businessName);
  const money = (amount: bigint): string => readMoney(amount, intent.currency);
  const isHeld = intent.captured === 0n;
  const total = isHeld ? intent.authorized : intent.captured;
  const lead = isHeld
    ? `${shop} has reserved ${money(total)}. It is taken when your order is ready.`
    : `You paid ${money(total)} to ${shop}.`;
  const amounts = amountRows(paid, terms, total, money);
  const facts = factRows(attempt, intent.id, terms.reference, intent.description);
  const note = livemode ? '' : 'A sandbox wrote this letter: no money has moved.';
  const subject = oneLine(`Receipt from ${shop}: ${money(total)}`);
  return {
    subject,
    text: asText(lead, amounts, facts, note),
    html: asHtml(subject, lead, amounts, facts, note),
  };
}

/** A header of a letter is one line, whatever a merchant calls himself. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

function amountRows(
  { intent, attempt }: Paid,
  terms: Pick<CheckoutTerms, 'lines' | 'taxes'>,
  total: bigint,
  money: (amount: bigint) => string,
): Row[] {
  const lines = [...terms.lines, ...terms.taxes].map(
    ({ name, quantity, total: { value, currency } }): Row => [
      quantity === 1 ? name : `${quantity} × ${name}`,
      readMoney(BigInt(value), currency),
    ],
  );
  const { tips = null, serviceCharge = null, cashback = null } = intent.parts ?? {};
  const parts: (readonly [string, string | null])[] = [
    ['Tip', tips],
    ['Service charge', serviceCharge],
    ['Cash back', cashback],
  ];
  const added = parts.flatMap(([name, part]): Row[] =>
    part === null ? [] : [[name, money(BigInt(part))]],
  );
  // A part of a hold may have been taken: the rest of the sums would not add up to it.
  const isWhole = total === attempt.amount;
  const soldName = lines.length === 0 ? 'Purchase' : 'Subtotal';
  const sold: Row[] = isWhole && added.length > 0 ? [[soldName, money(soldOf(intent))]] : [];
  const back: Row[] = intent.refunded > 0n ? [['Paid back', money(-intent.refunded)]] : [];
  return [...lines, ...sold, ...(isWhole ? added : []), ['Total', money(total)], ...back];
}

function factRows(
  attempt: Attempt,
  intent: string,
  reference: string,
  description: string | null,
): Row[] {
  const rows: Row[] = [
    ['Date', `${DATE.format(attempt.created * 1000)} UTC`],
    ['Paid with', methodText(attempt)],
    ['Authorization code', attempt.approval?.authorizationCode ?? ''],
    ['Reference', reference],
    ['Description', description ?? ''],
    ['Payment', intent],
  ];
  return rows.filter(([, value]) => value !== '');
}

function asText(
  lead: string,
  amounts: readonly Row[],
  facts: readonly Row[],
  note: string,
): string {
  const width = Math.max(...amounts.map(([name]) => [...oneLine(name)].length)) + 2;
  const table = amounts.map(([name, value]) => `${oneLine(name).padEnd(width)}${value}`);
  const list = facts.map(([name, value]) => `${name}: ${oneLine(value)}`);
  const parts = [[lead], table, list, note === '' ? [] : [note]];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

/** Readers of mail know no style sheets worth the name: every element has its own. */
const FONT = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif";
const NUMBER = 'text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums';
const LABEL = 'padding:4px 16px 4px 0;color:#4a5650;vertical-align:top';
const CELL = 'padding:8px 0;border-bottom:1px solid #d5d9d5;vertical-align:top';

function asHtml(
  title: string,
  lead: string,
  amounts: readonly Row[],
  facts: readonly Row[],
  note: string,
): string {
  const last = amounts.findLastIndex(([name]) => name === 'Total');
  const sums = amounts.map(([name, value], i) => {
    const weight = i === last ? ';font-weight:600' : '';
    return (
      `<tr><td style="${CELL}${weight}">${escaped(name)}</td>` +
      `<td style="${CELL};${NUMBER}${weight}">${escaped(value)}</td></tr>`
    );
  });
  const list = facts.map(
    ([name, value]) =>
      `<tr><td style="${LABEL}">${escaped(name)}</td>` +
      `<td style="padding:4px 0;overflow-wrap:anywhere">${escaped(value)}</td></tr>`,
  );
  const small =
    note === ''
      ? ''
      : `<p style="margin:24px 0 0;font-size:14px;color:#4a5650">${escaped(note)}</p>`;
  const table = 'role="presentation" style="width:100%;border-collapse:collapse;margin:0 0 24px"';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title></head>
<body style="margin:0;padding:24px;background:#fbfaf6;color:#14201b;${FONT}">
<div style="max-width:560px;margin:0 auto">
<h1 style="margin:0 0 8px;font-size:20px;line-height:1.3">Receipt</h1>
<p style="margin:0 0 24px">${escaped(lead)}</p>
<table ${table}>${sums.join('\n')}</table>
<table ${table}>${list.join('\n')}</table>
${small}
</div>
</body>
</html>
`;
}
