import { CallFault, invalidField } from './fault.js';

/** An object of JSON whose members are read one by one. `at` is its place, with a final point. */
export interface Members {
  readonly at: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Reads a call's body. */
export function readBody(body: Buffer): Members {
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    const value: unknown = JSON.parse(text.decode(body));
    if (isObject(value)) return { at: '', members: value };
  } catch {
    // What it is not, it need not be said in another way.
  }
  throw new CallFault(400, 'invalid', 'The call is no JSON object.');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member's value; null counts as left out. */
function member({ members }: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? (members[name] ?? undefined) : undefined;
}

/** A text without the spaces around it; undefined where it is left out. No control characters. */
export function textIn(from: Members, name: string, chars_max: number): string | undefined {
  const value = member(from, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalidField(from.at + name, 'This is no text.');
  if (value.length > chars_max)
    throw invalidField(from.at + name, `This is longer than ${chars_max} characters.`);
  if (/\p{Cc}|\p{Cs}/u.test(value))
    throw invalidField(from.at + name, 'This has characters that are not to be typed.');
  return value.trim();
}

/** A whole number within limits; undefined where it is left out. */
export function numberIn(from: Members, name: string, min: number, max: number) {
  const value = member(from, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw invalidField(from.at + name, `This is no whole number from ${min} to ${max}.`);
  return value;
}

/** Whether a box is ticked; one that is left out is not. */
export function flagIn(from: Members, name: string): boolean {
  const value = member(from, name);
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw invalidField(from.at + name, 'This is neither yes nor no.');
  return value;
}

/** An object within; undefined where it is left out. */
export function objectIn(from: Members, name: string): Members | undefined {
  const value = member(from, name);
  if (value === undefined) return undefined;
  if (!isObject(value)) throw invalidField(from.at + name, 'This is no object.');
  return { at: `${from.at}${name}.`, members: value };
}
