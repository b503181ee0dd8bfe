const KEY_BYTES = 32;
/** Each rotation adds one: ten are many years of them. */
const PREVIOUS_KEYS_MAX = 10;

/** A master key as an operator writes it, in hexadecimal; null where it is none. */
export function masterKeyText(value: string): string | null {
  if (/^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  const bytes = Buffer.from(value, 'base64');
  const isKey = /^[A-Za-z0-9+/_-]{43}=?$/.test(value) && bytes.length === KEY_BYTES;
  return isKey ? bytes.toString('hex') : null;
}

/** Keys of before, by commas, in hexadecimal; null where one is none, or there are too many. */
export function previousKeyTexts(value: string): readonly string[] | null {
  const keys = value.split(',').map((one) => masterKeyText(one.trim()));
  const read = keys.filter((key) => key !== null);
  return read.length < keys.length || keys.length > PREVIOUS_KEYS_MAX ? null : Object.freeze(read);
}
