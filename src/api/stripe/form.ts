import { isUtf8 } from 'node:buffer';
import { invalidRequest, type StripeError } from './wire-error.js';

/** A value of a form: text, `a[]=…` as an array, `a[b]=…` and `a[0]=…` as a map. */
export type FormValue = string | FormValue[] | FormMap;

/** Has no prototype, so that `__proto__` and `constructor` are keys like any other. */
export interface FormMap {
  [key: string]: FormValue;
}

export interface FormTree {
  readonly ok: true;
  readonly tree: FormMap;
}

export interface FormFailure {
  readonly ok: false;
  readonly error: StripeError;
}

/** The bounds of one form; the body's bytes are bounded before it gets here. */
export interface FormLimits {
  /** Names in one key: `a[b][c]` has three. Stripe's deepest parameter has six. */
  readonly form_depth_max: number;
  /** Pairs in one form. An intent with 200 line items of eight fields has about 2,000. */
  readonly form_pairs_max: number;
  /** Characters of one key after decoding. */
  readonly form_key_chars_max: number;
}

export const formLimits: FormLimits = {
  form_depth_max: 12,
  form_pairs_max: 5_000,
  form_key_chars_max: 500,
};

const ampersand = 38;
const equals = 61;
const percent = 37;
const plus = 43;

/**
 * Parses `application/x-www-form-urlencoded` bytes.
 * @returns the tree, or a 400 for bytes that are not UTF-8 and for what {@link parseForm} refuses.
 */
export function parseFormBytes(bytes: Uint8Array, limits = formLimits): FormTree | FormFailure {
  if (!isUtf8(bytes)) return refuse('The request body is not valid UTF-8.');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return parseForm(text, limits);
}

/**
 * Parses a form body, or a query string without its `?`, in one pass and linear time.
 *
 * A key sent twice keeps the last value. Brackets may be percent-encoded. `a[0]=x` is a map with
 * the key `0`, because only a parameter's schema knows whether it is an array. A key with broken
 * brackets is taken literally, so that it is reported as an unknown parameter.
 * @returns the tree, or a 400 for broken escapes, NUL, conflicting shapes, and forms over a limit.
 */
export function parseForm(text: string, limits = formLimits): FormTree | FormFailure {
  const tree = emptyMap();
  let pairs = 0;
  let start = 0;
  let split = -1;
  let keyEscaped = false;
  let valueEscaped = false;
  // NUL cannot be stored in PostgreSQL text, so no parameter may bring one in.
  if (text.includes('\0')) return refuse('The request contains a null byte.');
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? ampersand : text.charCodeAt(i);
    if (code === ampersand) {
      if (i > start) {
        pairs++;
        if (pairs > limits.form_pairs_max) {
          return refuse(`The request has more than ${limits.form_pairs_max} parameters.`);
        }
        const end = split < 0 ? i : split;
        const rawKey = text.slice(start, end);
        const rawValue = split < 0 ? '' : text.slice(split + 1, i);
        const key = keyEscaped ? decode(rawKey) : rawKey;
        const value = valueEscaped ? decode(rawValue) : rawValue;
        if (key === null || value === null) {
          return refuse('The request contains an invalid percent-encoding.');
        }
        const error = insert(tree, key, value, limits);
        if (error !== null) return { ok: false, error };
      }
      start = i + 1;
      split = -1;
      keyEscaped = false;
      valueEscaped = false;
    } else if (code === equals) {
      if (split < 0) split = i;
    } else if (code === percent || code === plus) {
      if (split < 0) keyEscaped = true;
      else valueEscaped = true;
    }
  }
  return { ok: true, tree };
}

/** The decoded text, or null where an escape is broken, is not UTF-8, or stands for NUL. */
function decode(raw: string): string | null {
  const spaced = raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  if (!spaced.includes('%')) return spaced;
  try {
    const text = decodeURIComponent(spaced);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function insert(tree: FormMap, key: string, value: string, limits: FormLimits): StripeError | null {
  if (key.length > limits.form_key_chars_max) {
    const message = `A parameter name is longer than ${limits.form_key_chars_max} characters.`;
    return invalidRequest(message);
  }
  const bracket = key.indexOf('[');
  if (bracket <= 0) return put(tree, key, value) ? null : conflicting(key);
  const names = splitKey(key, bracket);
  if (names === null) return put(tree, key, value) ? null : conflicting(key);
  if (names.length > limits.form_depth_max) {
    const message = `Parameters may be nested at most ${limits.form_depth_max} levels deep.`;
    return invalidRequest(message, names[0]);
  }
  return insertNested(tree, names, value) ? null : conflicting(key);
}

/** The names in `a[b][c]`; null where the brackets do not pair up to the end of the key. */
function splitKey(key: string, bracket: number): string[] | null {
  const names = [key.slice(0, bracket)];
  let at = bracket;
  while (at < key.length) {
    if (key[at] !== '[') return null;
    const close = key.indexOf(']', at + 1);
    if (close < 0) return null;
    const name = key.slice(at + 1, close);
    if (name.includes('[')) return null;
    names.push(name);
    at = close + 1;
  }
  return names;
}

/** False where the tree holds another shape. `names[i]` is '' where the key had `[]`: append. */
function insertNested(tree: FormMap, names: readonly string[], value: string): boolean {
  let node: FormMap | FormValue[] = tree;
  for (let i = 0; i < names.length - 1; i++) {
    const name = names[i] as string;
    const asArray = names[i + 1] === '';
    if (Array.isArray(node)) node = nextElement(node, names, i + 1, asArray);
    else {
      const child: FormValue | undefined = node[name];
      if (child === undefined) {
        const made: FormMap | FormValue[] = asArray ? [] : emptyMap();
        node[name] = made;
        node = made;
      } else if (typeof child === 'string' || Array.isArray(child) !== asArray) return false;
      else node = child;
    }
  }
  if (Array.isArray(node)) {
    node.push(value);
    return true;
  }
  return put(node, names[names.length - 1] as string, value);
}

/**
 * The element of an array that `a[][b]` writes to: the last one while it has no `b` yet, else a
 * new one, so that `a[][b]=1&a[][c]=2&a[][b]=3` makes two elements.
 */
function nextElement(
  array: FormValue[],
  names: readonly string[],
  from: number,
  asArray: boolean,
): FormMap | FormValue[] {
  const last = array.at(-1);
  if (!asArray && typeof last === 'object' && !Array.isArray(last) && !holds(last, names, from)) {
    return last;
  }
  const made: FormMap | FormValue[] = asArray ? [] : emptyMap();
  array.push(made);
  return made;
}

/** Whether writing `names[from…]` into the map would overwrite or contradict what it holds. */
function holds(map: FormMap, names: readonly string[], from: number): boolean {
  let node: FormMap = map;
  for (let i = from; i < names.length; i++) {
    const name = names[i] as string;
    const child = node[name];
    if (child === undefined) return false;
    const wantsArray = names[i + 1] === '';
    if (Array.isArray(child)) return !wantsArray;
    if (typeof child === 'string' || wantsArray) return true;
    node = child;
  }
  return true;
}

function put(map: FormMap, name: string, value: string): boolean {
  const held = map[name];
  if (held !== undefined && typeof held !== 'string') return false;
  map[name] = value;
  return true;
}

function emptyMap(): FormMap {
  return { __proto__: null } as unknown as FormMap;
}

function conflicting(key: string): StripeError {
  const shown = key.length <= 100 ? key : `${key.slice(0, 100)}...`;
  return invalidRequest(
    `The parameter '${shown}' is sent in two different shapes. ` +
      'Send it as a plain value, as an array or as a hash, but not as two of them.',
    shown,
  );
}

function refuse(message: string): FormFailure {
  return { ok: false, error: invalidRequest(message) };
}
