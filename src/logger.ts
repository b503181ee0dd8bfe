import { type Logger, pino, stdTimeFunctions } from 'pino';

/** Where lines go; the process's stderr is one. */
export interface LogOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface LoggerSettings {
  readonly level: string;
  readonly output: LogOutput;
  /** Only counts where the output is a terminal. */
  readonly colors: boolean;
}

/**
 * Logs as JSON, one object a line; for a person at a terminal, as short lines. Secrets are taken
 * out of every string on the way, wherever in the object it is.
 */
export function makeLogger({ level, output, colors }: LoggerSettings): Logger {
  const forPerson = output.isTTY === true;
  const write = (line: string): void => {
    const fields = scrub(JSON.parse(line)) as Fields;
    output.write(forPerson ? personLine(fields, colors) : `${JSON.stringify(fields)}\n`);
  };
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

type Fields = Record<string, unknown>;

const HIDDEN = '[hidden]';

/** What these hold is secret whatever it looks like. */
const SECRET_NAMES =
  /^(authorization|proxy-authorization|cookie|set-cookie|password|cvc|cvv|client_?secret|secret)$/i;

const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(bearer|basic)\s+[^\s"',;]+/gi, `$1 ${HIDDEN}`],
  [/\b((?:sk|rk|ek)_(?:test|live|sandbox|prod))_\w+/g, `$1_${HIDDEN}`],
  [/\bwhsec_[\w+/=-]+/g, `whsec_${HIDDEN}`],
  [/(\w_secret_)\w+/g, `$1${HIDDEN}`],
  // A password within a URL, as database drivers repeat it in their errors.
  [/(\w:\/\/[^\s:/@]*):[^\s/@]+@/g, `$1:${HIDDEN}@`],
];

/** 13 to 19 digits of a card number, as typed: together, in groups, or form-encoded. */
const MAYBE_CARD = /(?<!\d)[2-6](?:(?:[ +-]|%20)?\d){12,18}(?!\d)/g;

/** Takes API keys, client and webhook secrets, credentials and card numbers out of a text. */
export function scrubText(text: string): string {
  let scrubbed = text;
  for (const [pattern, replacement] of SECRETS) {
    scrubbed = scrubbed.replace(pattern, replacement);
  }
  return scrubbed.replace(MAYBE_CARD, (found) => {
    const digits = found.replace(/%20|\D/g, '');
    return passesLuhn(digits) ? '[card]' : found;
  });
}

/** A copy of a JSON value without secrets. */
function scrub(value: unknown): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'number') return scrubText(String(value)) === '[card]' ? '[card]' : value;
  if (Array.isArray(value)) return value.map(scrub);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, held]) => {
    const isSecret = SECRET_NAMES.test(name) && held !== null;
    return [scrubText(name), isSecret ? HIDDEN : scrub(held)];
  });
  return Object.fromEntries(entries);
}

/** The check digit of ISO/IEC 7812: most long numbers that are no cards do not have it. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const COLORS: Readonly<Record<string, number>> = { warn: 33, error: 31, fatal: 31 };

/** `01:31:21 warn   message  name=value`, an error's stack below. */
function personLine({ level, time, msg, err, ...rest }: Fields, colors: boolean): string {
  const paint = (code: number | undefined, text: string): string =>
    colors && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text;
  const clock = String(time).slice(11, 19);
  const word = String(level).padEnd(5);
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${plain(value)}`);
  const words = [
    paint(2, clock),
    paint(COLORS[String(level)], word),
    String(msg ?? ''),
    ...(fields.length > 0 ? [paint(2, fields.join(' '))] : []),
  ];
  const { stack, message } = (err ?? {}) as { stack?: string; message?: string };
  const error = stack ?? message;
  const below = error === undefined ? '' : `\n${error.replace(/^/gm, '  ')}`;
  return `${words.join('  ')}${below}\n`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
