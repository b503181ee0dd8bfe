import { currencyDecimals } from '../api/stripe/currencies.js';
import type { PastAttempt, PastCustomer, PastPayment, PastRefund } from '../domain/past-payment.js';
import { EMPTY_BILLING } from '../domain/payment-method.js';
import { timeOf } from './clock-time.js';
import { ImportFault } from './import-fields.js';
import { madeId, pastCard } from './import-objects.js';

/** Stripe's dashboard: the payments export. All of these throw ImportFault. */

/** A record by the names of its columns, in lower case. */
export type CsvRow = ReadonlyMap<string, string>;

/** The columns without which a file is another export. */
export const CSV_COLUMNS = ['id', 'amount', 'amount refunded', 'currency', 'status'] as const;

const METADATA = ' (metadata)';

/** How the export calls card brands, where that is not the API's word in other letters. */
const BRANDS: ReadonlyMap<string, string> = new Map([
  ['american express', 'amex'],
  ['diners club', 'diners'],
]);

/** What was paid, whole or in part given back again; everything else is left out. */
const PAID = new Set(['paid', 'refunded', 'partially refunded', 'partial refund', 'succeeded']);

/** Whether a row is of a payment that was made. */
export function isPaidRow(row: CsvRow): boolean {
  const captured = row.get('captured')?.toLowerCase();
  return PAID.has(row.get('status')?.toLowerCase() ?? '') && captured !== 'false';
}

/** Reads a row of cells; the header's names in any letters. */
export function csvRow(header: readonly string[], cells: readonly string[]): CsvRow {
  if (cells.length > header.length)
    throw new ImportFault(`it has ${cells.length} cells, the header has ${header.length}`);
  return new Map(header.map((name, i) => [nameOf(name), cells[i]?.trim() ?? '']));
}

/** A column's name as it is looked up: keys of metadata stay as they are. */
function nameOf(column: string): string {
  const name = column.trim();
  return name.endsWith(METADATA) ? name : name.toLowerCase();
}

/** Whose payment it is, as far as the row tells; null where it names nobody. */
export function rowCustomer(row: CsvRow): PastCustomer | null {
  const id = cell(row, 'customer id');
  if (id === null) return null;
  return {
    id,
    created: createdOf(row),
    email: cell(row, 'customer email'),
    name: null,
    phone: null,
    description: cell(row, 'customer description'),
    metadata: {},
    address: null,
    shipping: null,
    isWhole: false,
  };
}

/** The payment of a row. */
export function rowPayment(row: CsvRow): PastPayment {
  const attempt = rowAttempt(row);
  const own = cell(row, 'id') ?? '';
  const { created, amount, description, metadata, receiptEmail, methodType } = attempt;
  const intent = own.startsWith('pi_') ? own : cell(row, 'paymentintent id');
  return {
    id: intent ?? madeId('pi_', own),
    created,
    amount,
    currency: currencyOf(row),
    customer: cell(row, 'customer id'),
    captureMethod: 'automatic',
    methodTypes: [methodType],
    description,
    metadata,
    receiptEmail,
    shipping: null,
    statementDescriptor: attempt.statementDescriptor,
    statementDescriptorSuffix: null,
    canceledAt: null,
    cancellationReason: null,
    isDirect: intent === null,
    attempts: [attempt],
  };
}

function rowAttempt(row: CsvRow): PastAttempt {
  const own = cell(row, 'id') ?? '';
  const id = own.startsWith('pi_') ? madeId('ch_', own) : own;
  const amount = amountAt(row, 'amount');
  // The fee is in the currency of the payout.
  const isSame = cell(row, 'converted currency')?.toLowerCase() === currencyOf(row);
  const fee = isSame && cell(row, 'fee') !== null ? amountAt(row, 'fee') : 0n;
  const type = typeOf(row);
  const isCard = type === 'card' || cell(row, 'card last4') !== null;
  return {
    id,
    state: 'captured',
    created: createdOf(row),
    amount,
    captured: amount,
    fee: fee > amount ? amount : fee,
    method: cell(row, 'card id') ?? madeId('pm_', id),
    methodType: isCard ? 'card' : (type ?? 'unknown'),
    card: isCard ? cardOf(row) : null,
    billing: { ...EMPTY_BILLING, name: cell(row, 'card name') },
    decline: null,
    description: cell(row, 'description'),
    metadata: metadataOf(row),
    receiptEmail: null,
    shipping: null,
    statementDescriptor: cell(row, 'statement descriptor'),
    statementDescriptorSuffix: null,
    calculatedDescriptor: cell(row, 'statement descriptor') ?? '',
    transfer: null,
    refunds: rowRefunds(row, id),
  };
}

/** The type of the payment method, as a word of the API. */
function typeOf(row: CsvRow): string | null {
  const type = cell(row, 'payment source type') ?? cell(row, 'payment method type');
  return type?.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_') ?? null;
}

/** The export tells of refunds by one sum: it becomes one refund. */
function rowRefunds(row: CsvRow, charge: string): PastRefund[] {
  const amount = amountAt(row, 'amount refunded');
  if (amount === 0n) return [];
  const created = timeAt(row, 'refunded date (utc)') ?? createdOf(row);
  const id = madeId('re_', charge);
  return [{ id, created, amount, reason: null, metadata: {}, transfer: null }];
}

function cardOf(row: CsvRow) {
  const month = Number(cell(row, 'card exp month') ?? 0);
  const year = Number(cell(row, 'card exp year') ?? 0);
  const brand = cell(row, 'card brand')?.toLowerCase() ?? 'unknown';
  return pastCard({
    brand: BRANDS.get(brand) ?? brand,
    country: cell(row, 'card issue country'),
    exp_month: month,
    exp_year: year,
    fingerprint: cell(row, 'card fingerprint'),
    funding: cell(row, 'card funding'),
    last4: cell(row, 'card last4')?.padStart(4, '0'),
  });
}

function metadataOf(row: CsvRow): { [key: string]: string } {
  const named = [...row].filter(([name, value]) => name.endsWith(METADATA) && value !== '');
  return Object.fromEntries(named.map(([name, value]) => [name.slice(0, -METADATA.length), value]));
}

function cell(row: CsvRow, name: string): string | null {
  return row.get(name) || null;
}

function currencyOf(row: CsvRow): string {
  return (cell(row, 'currency') ?? '').toLowerCase();
}

function createdOf(row: CsvRow): number {
  const created = timeAt(row, 'created date (utc)') ?? timeAt(row, 'created (utc)');
  if (created === null) throw new ImportFault('it has no Created (UTC)');
  return created;
}

/** A moment as the export writes it, `2026-03-01 12:34:56` or without seconds; null for none. */
function timeAt(row: CsvRow, name: string): number | null {
  const text = cell(row, name);
  if (text === null) return null;
  const time = timeOf(text);
  if (time === null) throw new ImportFault(`its ${name} is no time: ${text}`);
  return time;
}

const AMOUNT = /^(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,4}))?$/;

/**
 * An amount such as `1,234.50` in the minor units that the Stripe API counts in. A comma parts
 * thousands; where it may be one of decimals, as spreadsheets of some countries write them, the
 * amount is refused, since it would be a hundred times as much.
 */
function amountAt(row: CsvRow, name: string): bigint {
  const text = cell(row, name) ?? '0';
  const decimals = currencyDecimals(currencyOf(row));
  const [, whole = '', fraction = ''] = AMOUNT.exec(text) ?? [];
  const isWhole = /^0*$/.test(fraction.slice(decimals));
  const isUnclear = decimals === 3 && /^\d+,\d+$/.test(text);
  if (whole === '' || !isWhole || isUnclear)
    throw new ImportFault(`its ${name} is no amount: ${text}`);
  const units = whole.replaceAll(',', '') + fraction.slice(0, decimals).padEnd(decimals, '0');
  return BigInt(units);
}
