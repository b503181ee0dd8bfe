import type { JsonObject, Metadata } from '../domain/json.js';
import {
  type Address,
  type BillingDetails,
  CHECK_RESULTS,
  type CheckResult,
  EMPTY_ADDRESS,
} from '../domain/payment-method.js';

/** An object of a file cannot be taken over: the message says why, as a sentence. */
export class ImportFault extends Error {}

/** An object as it was read: nothing is known of it yet. */
export type Fields = { readonly [key: string]: unknown };

/** A value as an object; null where it is none. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}

/** A text, null where it is absent or empty. Throws ImportFault where it is something else. */
export function textOf(fields: Fields, key: string): string | null {
  const value = fields[key] ?? null;
  if (value !== null && typeof value !== 'string') throw new ImportFault(`its ${key} is no text`);
  return value === '' ? null : value;
}

/** A text that must be there. Throws ImportFault. */
export function wholeText(fields: Fields, key: string): string {
  const text = textOf(fields, key);
  if (text === null) throw new ImportFault(`it has no ${key}`);
  return text;
}

/** A whole number from 0 on: Unix seconds, a month. Throws ImportFault. */
export function countOf(fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new ImportFault(`its ${key} is no whole number`);
  return value;
}

/** An amount in minor units; `absent` where it is not said. Throws ImportFault. */
export function amountOf(fields: Fields, key: string, absent?: bigint): bigint {
  if (absent !== undefined && (fields[key] ?? null) === null) return absent;
  return BigInt(countOf(fields, key));
}

/** The id that leads to another object, which may stand there whole; null where none does. */
export function idAt(fields: Fields, key: string): string | null {
  const whole = fieldsOf(fields[key]);
  return whole === null ? textOf(fields, key) : wholeText(whole, 'id');
}

/** One of a set of words, null for any other. */
export function wordOf<T extends string>(words: readonly T[], value: unknown): T | null {
  return words.find((word) => word === value) ?? null;
}

/** Metadata, texts by texts. Throws ImportFault. */
export function metadataOf(fields: Fields): Metadata {
  const given = fieldsOf(fields.metadata) ?? {};
  const entries = Object.entries(given).map(([key, value]): [string, string] => {
    if (typeof value !== 'string') throw new ImportFault(`its metadata ${key} is no text`);
    return [key, value];
  });
  return Object.fromEntries(entries);
}

/** An object that is kept as it is, such as a shipping address; null where there is none. */
export function objectOf(fields: Fields, key: string): JsonObject | null {
  return fieldsOf(fields[key]) as JsonObject | null;
}

/** Billing details, whole. Throws ImportFault. */
export function billingOf(given: Fields | null): BillingDetails {
  const fields = given ?? {};
  const address = fieldsOf(fields.address) ?? {};
  const parts = Object.keys(EMPTY_ADDRESS).map((part) => [part, textOf(address, part)] as const);
  return {
    address: Object.fromEntries(parts) as unknown as Address,
    email: textOf(fields, 'email'),
    name: textOf(fields, 'name'),
    phone: textOf(fields, 'phone'),
    tax_id: textOf(fields, 'tax_id'),
  };
}

/** The outcome of a bank's check; null where it was not made. */
export function checkOf(fields: Fields | null, key: string): CheckResult | null {
  return wordOf(CHECK_RESULTS, fields?.[key]);
}
