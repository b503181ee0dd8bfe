/** ASCII order, so that ids compare as their numbers do. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;

/** 62^7 milliseconds end in July 2081. */
const TIME_CHARS = 7;
const COUNTER_CHARS = 3;
const HEAD_CHARS = TIME_CHARS + COUNTER_CHARS;
const TIME_MAX = BASE ** TIME_CHARS;
const COUNTER_MAX = BASE ** COUNTER_CHARS;

const POOL_BYTES = 8192;
const CHARS_MAX = 256;

/** Bytes from here up are thrown away: 248 is the largest multiple of 62 that a byte can reach. */
const UNBIASED_BYTES = 248;

/** V8 copies slices below 13 characters; a longer one would keep the whole pool in memory. */
const COPIED_CHARS_MAX = 12;

const CODE_OF_BYTE = Uint8Array.from({ length: UNBIASED_BYTES }, (_, byte) =>
  DIGITS.charCodeAt(byte % BASE),
);

export interface IdSource {
  /**
   * A new id: the prefix, then `length` characters of milliseconds (7), a counter (3) and chance
   * (5.95 bits each; 14 of them, in an id of 24, are 83 bits). Strictly greater than the one before
   * of the same prefix, whatever the clock does. The prefix is empty or ends in `_`.
   */
  next(prefix: string, length: number): string;
  /** `length` characters of chance alone, at most 256: secrets and keys (22 are 131 bits). */
  secret(length: number): string;
}

export interface IdEnvironment {
  /** Wall time, Unix milliseconds. */
  readonly now: () => number;
  /** Fills all of it with bytes that nobody can guess. */
  readonly random: (bytes: Uint8Array) => void;
}

/**
 * Makes ids that sort by the order in which they were made, so that newest-first lists are exact
 * and inserts append. When the clock steps back or the counter is full, time stands still and the
 * counter goes on, carrying into the milliseconds. No id holds `_secret`: clients cut a client
 * secret there to find the id.
 */
export function makeIdSource(environment: IdEnvironment): IdSource {
  const draw = makePool(environment.random);
  let milliseconds = -1;
  let counter = 0;
  let time = '';

  function moveTo(target: number): void {
    milliseconds = target;
    counter = 0;
    time = encode(milliseconds, TIME_CHARS);
    // Behind a prefix's `_` this would read `_secret`; it lasts 62 ms, in 2067.
    if (time.startsWith('secret')) moveTo(milliseconds + 1);
  }

  function next(prefix: string, length: number): string {
    if (length < HEAD_CHARS || length > CHARS_MAX) throw new RangeError(`id length ${length}`);
    if ((prefix !== '' && !prefix.endsWith('_')) || prefix.includes('_secret')) {
      throw new RangeError(`id prefix ${prefix}`);
    }
    const now = Math.floor(environment.now());
    if (!(now >= 0 && now < TIME_MAX)) throw new RangeError(`id time ${now}`);
    if (now > milliseconds) moveTo(now);
    else if (counter === COUNTER_MAX - 1) moveTo(milliseconds + 1);
    else counter += 1;
    return prefix + time + encode(counter, COUNTER_CHARS) + draw(length - HEAD_CHARS);
  }

  function secret(length: number): string {
    if (length < 1 || length > CHARS_MAX) throw new RangeError(`secret length ${length}`);
    return draw(length);
  }

  return { next, secret };
}

/**
 * When an id was made, in Unix milliseconds; null when it cannot be one of ours. It may lie ahead
 * of the clock where that stepped back or the counter overflowed.
 */
export function idTime(id: string): number | null {
  const start = id.lastIndexOf('_') + 1;
  if (id.length - start < HEAD_CHARS) return null;
  let milliseconds = 0;
  for (let at = start; at < start + TIME_CHARS; at += 1) {
    const digit = DIGITS.indexOf(id.charAt(at));
    if (digit < 0) return null;
    milliseconds = milliseconds * BASE + digit;
  }
  return milliseconds;
}

function encode(value: number, chars: number): string {
  let text = '';
  let rest = value;
  for (let at = 0; at < chars; at += 1) {
    text = DIGITS.charAt(rest % BASE) + text;
    rest = Math.floor(rest / BASE);
  }
  return text;
}

/** Randomness in bulk: asking the system for 14 bytes a time would cost more than all the rest. */
function makePool(random: (bytes: Uint8Array) => void): (chars: number) => string {
  const bytes = new Uint8Array(POOL_BYTES);
  const decoder = new TextDecoder();
  let text = '';
  let at = 0;

  function fill(): void {
    random(bytes);
    let kept = 0;
    for (const byte of bytes) {
      const code = CODE_OF_BYTE[byte];
      if (code === undefined) continue;
      bytes[kept] = code;
      kept += 1;
    }
    if (kept < CHARS_MAX) throw new Error('the source of randomness does not give random bytes');
    text = decoder.decode(bytes.subarray(0, kept));
    at = 0;
  }

  return (chars) => {
    if (at + chars > text.length) fill();
    const end = at + chars;
    let drawn = '';
    while (at < end) {
      const stop = Math.min(at + COPIED_CHARS_MAX, end);
      drawn += text.slice(at, stop);
      at = stop;
    }
    return drawn;
  };
}
