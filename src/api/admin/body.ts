import { invalid } from './fault.js';

/** The members of a call's body. */
export type Members = Readonly<Record<string, unknown>>;

/** Reads a call's body; one that says nothing is an empty object. Throws AdminRefusal. */
export function readBody(body: Buffer): Members {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Members;
  } catch {
    // What it is not, it need not be said in another way.
  }
  throw invalid('The call is no JSON object.');
}

function member(from: Members, name: string): unknown {
  return Object.hasOwn(from, name) ? (from[name] ?? undefined) : undefined;
}

/** A text; undefined where it is left out. Throws AdminRefusal, as the others here. */
export function textIn(from: Members, name: string, chars_max: number): string | undefined {
  const value = member(from, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed())
    throw invalid(`${name} is no text.`);
  if (value.length > chars_max) throw invalid(`${name} is longer than ${chars_max} characters.`);
  return value;
}

/** A text that has to be there. */
export function requiredText(from: Members, name: string, chars_max: number): string {
  const value = textIn(from, name, chars_max);
  if (value === undefined || value === '') throw invalid(`${name} is missing.`);
  return value;
}

/** One of some words; undefined where it is left out. */
export function wordIn<W extends string>(
  from: Members,
  name: string,
  words: readonly W[],
): W | undefined {
  const value = member(from, name);
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found === undefined) throw invalid(`${name} is none of ${words.join(', ')}.`);
  return found;
}

/** A whole number within limits; undefined where it is left out. */
export function numberIn(from: Members, name: string, min: number, max: number) {
  const value = member(from, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw invalid(`${name} is no whole number from ${min} to ${max}.`);
  return value;
}

/** Yes or no; undefined where it is left out. */
export function flagIn(from: Members, name: string): boolean | undefined {
  const value = member(from, name);
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(`${name} is neither true nor false.`);
}

/** As the dialects' metadata is limited. */
const METADATA_KEYS_MAX = 50;
const METADATA_KEY_CHARS_MAX = 40;
const METADATA_VALUE_CHARS_MAX = 500;

/** A body that is texts by their names: the whole of some metadata. */
export function metadataIn(from: Members): Record<string, string> {
  const names = Object.keys(from);
  if (names.length > METADATA_KEYS_MAX)
    throw invalid(`Metadata has ${METADATA_KEYS_MAX} keys at most.`);
  return Object.fromEntries(
    names.map((name) => {
      if (name === '' || name.length > METADATA_KEY_CHARS_MAX || /[[\]\p{Cs}\0]/u.test(name))
        throw invalid(
          `A key of metadata has 1 to ${METADATA_KEY_CHARS_MAX} characters and no brackets.`,
        );
      return [name, requiredText(from, name, METADATA_VALUE_CHARS_MAX)];
    }),
  );
}
