import type { Json, JsonObject } from '../../domain/json.js';
import type { FormMap, FormValue } from './form.js';
import type { AmountRange, MetadataChange, Param, ParamSpec, Schema } from './params.js';
import {
  aboveMaximum,
  belowMinimum,
  emptyParam,
  invalidArray,
  invalidBoolean,
  invalidHash,
  invalidInteger,
  invalidRequest,
  invalidString,
  missingParam,
  negativeInteger,
  notOneOf,
  type StripeError,
  tooLong,
  tooManyItems,
  unknown_names_max,
  unknownParams,
} from './wire-error.js';

export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: StripeError };

/** The limits of Stripe's metadata, in keys and characters. */
export const metadata_keys_max = 50;
export const metadata_key_chars_max = 40;
export const metadata_value_chars_max = 500;

/** Digits of the longest amount that is read: a double, as JSON has it, holds each exactly. */
export const amount_digits_max = 15;

/**
 * One walk collects the first error of each rank, and the lowest rank is answered. Which error
 * Stripe prefers when a request has several is not published; in what is recorded an unknown
 * parameter wins over a missing one, and both over a bad value. Within a rank the order is the
 * request's, for missing ones the schema's, outer hashes first.
 */
interface Walk {
  readonly path: string[];
  readonly unknown: string[];
  missing: StripeError | null;
  invalid: StripeError | null;
}

/**
 * Parses a form by a method's schema. Never throws, whatever the tree.
 * @returns the typed parameters under their wire names, or the 400 to send
 */
export function parseParams<T>(schema: Schema<T>, tree: FormMap): ParseResult<T> {
  const walk: Walk = { path: [], unknown: [], missing: null, invalid: null };
  const value = parseNested(schema.spec, tree, walk);
  const error = walk.unknown.length > 0 ? unknownParams(walk.unknown) : walk.missing;
  const first = error ?? walk.invalid;
  return first === null ? { ok: true, value: value as T } : { ok: false, error: first };
}

/** Undefined where the value was refused; the walk then holds why. */
function parseValue(param: Param<unknown>, value: FormValue, walk: Walk): unknown {
  if (typeof value !== 'string') return parseNested(param.spec, value, walk);
  if (value !== '') return parseText(param.spec, value, walk);
  if (param.unsettable) return null;
  return refuse(walk, emptyParam(name(walk)));
}

function parseText(spec: ParamSpec, value: string, walk: Walk): unknown {
  switch (spec.kind) {
    case 'string':
      return parseString(spec, value, walk);
    case 'integer':
      return parseInteger(spec, value, walk);
    case 'amount':
      return parseAmount(spec.range, spec.reported_as, value, walk);
    case 'boolean':
      if (value === 'true') return true;
      if (value === 'false') return false;
      return spec.words.has(value) ? value : refuse(walk, invalidBoolean(value, name(walk)));
    case 'enumeration':
      return spec.values.has(value) ? value : refuse(walk, notOneOf([...spec.values], name(walk)));
    case 'either':
      return parseText(spec.text.spec, value, walk);
    case 'array':
      return refuse(walk, invalidArray(name(walk)));
    default:
      return refuse(walk, invalidHash(name(walk)));
  }
}

function parseNested(spec: ParamSpec, value: FormMap | FormValue[], walk: Walk): unknown {
  switch (spec.kind) {
    case 'hash':
      if (Array.isArray(value)) return refuse(walk, invalidHash(name(walk)));
      return parseHash(spec, value, walk);
    case 'array':
      return parseArray(spec, value, walk);
    case 'metadata':
      if (Array.isArray(value)) return refuse(walk, invalidHash(name(walk)));
      return parseMetadata(value, walk);
    case 'open':
      if (Array.isArray(value)) return refuse(walk, invalidHash(name(walk)));
      return openObject(value);
    case 'either':
      return parseNested(spec.nested.spec, value, walk);
    default:
      return refuse(walk, invalidString(show(value), name(walk)));
  }
}

function parseHash(
  spec: Extract<ParamSpec, { kind: 'hash' }>,
  map: FormMap,
  walk: Walk,
): Record<string, unknown> | undefined {
  const clean = isClean(walk);
  for (const field of spec.required) {
    if (map[field] === undefined && walk.missing === null) {
      walk.missing = missingParam(nameOf(walk, field));
    }
  }
  const parsed: Record<string, unknown> = {};
  for (const key in map) {
    const field = spec.fields.get(key);
    if (field === undefined) {
      if (walk.unknown.length < unknown_names_max) walk.unknown.push(nameOf(walk, key));
      continue;
    }
    walk.path.push(key);
    const value = parseValue(field, map[key] as FormValue, walk);
    walk.path.pop();
    if (value !== undefined) parsed[key] = value;
  }
  for (const field of spec.defaulted) {
    if (parsed[field] === undefined) parsed[field] = spec.fields.get(field)?.fallback;
  }
  // A rule over several parameters may rely on each of them being valid.
  if (spec.check === null || !clean || !isClean(walk)) return parsed;
  const error = spec.check(parsed, name(walk));
  return error === null ? parsed : refuse(walk, error);
}

function parseArray(
  spec: Extract<ParamSpec, { kind: 'array' }>,
  value: FormMap | FormValue[],
  walk: Walk,
): unknown[] | undefined {
  const items = Array.isArray(value) ? value : indexed(value);
  if (items === null) return refuse(walk, invalidArray(name(walk)));
  if (items.length > spec.items_max) return refuse(walk, tooManyItems(spec.items_max, name(walk)));
  const parsed: unknown[] = [];
  for (const [index, item] of items.entries()) {
    walk.path.push(String(index));
    parsed.push(parseValue(spec.of, item, walk));
    walk.path.pop();
  }
  return parsed;
}

/** The values of `a[0]`, `a[1]` … by number, gaps closed; null where a key is no number. */
function indexed(map: FormMap): FormValue[] | null {
  const keys = Object.keys(map);
  for (const key of keys) if (!isDigits(key, 0)) return null;
  // Numeric keys of an object already come in order up to 2^32; longer ones are compared as text.
  keys.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return keys.map((key) => map[key] as FormValue);
}

function parseString(
  spec: Extract<ParamSpec, { kind: 'string' }>,
  sent: string,
  walk: Walk,
): string | undefined {
  const { format, chars_max } = spec;
  const value = format?.normalize === undefined ? sent : format.normalize(sent);
  const error = format === null ? null : format.check(value, name(walk));
  if (error !== null) return refuse(walk, error);
  if (isLonger(value, chars_max)) return refuse(walk, tooLong(value, chars_max, name(walk)));
  return value;
}

function parseInteger(
  spec: Extract<ParamSpec, { kind: 'integer' }>,
  text: string,
  walk: Walk,
): number | undefined {
  const value = isInteger(text) ? Number(text) : Number.NaN;
  if (spec.clamp && !Number.isNaN(value)) return Math.min(Math.max(value, spec.min), spec.max);
  if (!Number.isSafeInteger(value)) return refuse(walk, invalidInteger(text, name(walk)));
  if (value < spec.min) return refuse(walk, belowMinimum(spec.min, name(walk)));
  if (value > spec.max) return refuse(walk, aboveMaximum(spec.max, name(walk)));
  // "-0" is zero.
  return value === 0 ? 0 : value;
}

function parseAmount(
  range: AmountRange,
  reported_as: string | null,
  text: string,
  walk: Walk,
): bigint | undefined {
  if (!isInteger(text) || text.length > amount_digits_max) {
    return refuse(walk, invalidInteger(text, name(walk)));
  }
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (range === 'signed' || value > 0n) return value;
  if (range === 'charge') return refuse(walk, belowChargeMinimum(name(walk)));
  if (value < 0n) return refuse(walk, negativeInteger(name(walk)));
  if (range === 'not_negative') return value;
  return refuse(walk, belowMinimum(1, reported_as ?? name(walk)));
}

/** The two spaces are Stripe's. */
function belowChargeMinimum(param: string): StripeError {
  const message =
    'The amount must be greater than or equal to the minimum charge amount allowed for your ' +
    'account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-' +
    'charge-amounts).  If you want to save a Payment Method for future use without an immediate ' +
    'payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents';
  return invalidRequest(message, param, 'parameter_invalid_integer');
}

/** Stripe names neither a code nor a param for a key or value that is too long. */
function parseMetadata(map: FormMap, walk: Walk): MetadataChange | undefined {
  const change: Record<string, string | null> = { __proto__: null } as never;
  let keys = 0;
  for (const key in map) {
    const value = map[key] as FormValue;
    if (typeof value !== 'string') {
      return refuse(walk, invalidString(show(value), nameOf(walk, key)));
    }
    keys++;
    if (keys > metadata_keys_max) {
      const message = `Metadata can have up to ${metadata_keys_max} keys.`;
      return refuse(walk, invalidRequest(message, name(walk)));
    }
    if (isLonger(key, metadata_key_chars_max)) {
      return refuse(walk, invalidRequest(metadataText('key', metadata_key_chars_max, key)));
    }
    if (isLonger(value, metadata_value_chars_max)) {
      return refuse(walk, invalidRequest(metadataText('value', metadata_value_chars_max, value)));
    }
    change[key] = value === '' ? null : value;
  }
  return change;
}

function metadataText(noun: string, chars_max: number, text: string): string {
  return (
    `Metadata ${noun}s can have up to ${chars_max} characters, but you passed in a ${noun} that ` +
    `is ${[...text].length} characters. Invalid ${noun}: ${text}`
  );
}

/** A hash as plain JSON. Maps with the keys 0, 1, 2 … become arrays. */
function openObject(map: FormMap): JsonObject {
  const object: JsonObject = { __proto__: null } as never;
  for (const key in map) object[key] = openValue(map[key] as FormValue);
  return object;
}

function openValue(value: FormValue): Json {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(openValue);
  const isList = '0' in value && Object.keys(value).every((key, index) => key === String(index));
  return isList ? Object.values(value).map(openValue) : openObject(value);
}

function refuse(walk: Walk, error: StripeError): undefined {
  walk.invalid ??= error;
  return undefined;
}

function isClean(walk: Walk): boolean {
  return walk.invalid === null && walk.missing === null && walk.unknown.length === 0;
}

/** The parameter as Stripe writes it, `a[b][c]`; built only for an error or a format's check. */
function name(walk: Walk): string {
  const [first = '', ...rest] = walk.path;
  return rest.length === 0 ? first : `${first}[${rest.join('][')}]`;
}

function nameOf(walk: Walk, key: string): string {
  return walk.path.length === 0 ? key : `${name(walk)}[${key}]`;
}

/** Stripe shows an array as a hash with its positions as keys. */
function show(value: FormMap | FormValue[]): string {
  return JSON.stringify(Array.isArray(value) ? { ...value } : value);
}

function isLonger(text: string, chars_max: number): boolean {
  // A string of n code units has at least n/2 characters and at most n.
  return text.length > chars_max && (text.length > 2 * chars_max || [...text].length > chars_max);
}

function isInteger(text: string): boolean {
  const first = text.charCodeAt(0);
  return isDigits(text, first === 45 || first === 43 ? 1 : 0);
}

function isDigits(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return text.length > from;
}
