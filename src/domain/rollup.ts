import type { Attempt } from './attempt.js';
import type { Intent } from './intent.js';

/** Counts and sums by name: whole numbers as decimal text, which a sum of many amounts may need. */
export type Tally = Readonly<Record<string, string>>;

/** Tallies by day, `2026-11-21`. */
export type DayTallies = Readonly<Record<string, Tally>>;

/** What an account's intents of one day add up to; the day is that of their creation. */
export interface Rollup {
  account: string;
  /** The day in UTC, by the business time at which the intents were made. */
  id: string;
  tally: Tally;
}

/** What some neighbouring intents were last counted as. */
export interface RollupSegment {
  account: string;
  /** The id of the intent before its first; it goes on to the id of the next segment, included. */
  id: string;
  days: DayTallies;
}

/** How far an account's intents have been counted. */
export interface RollupPlace {
  account: string;
  id: string;
  /** What happened up to this fact is counted. */
  fact: string;
  /** The segment that is to be counted next, with all behind it; null: all are. */
  counting: string | null;
  /** Grows with every change: who has read another version has counted in vain. */
  version: number;
}

/** The id of an account's one place. */
export const ROLLUP_PLACE = 'place';

/** Before every id of an intent. */
export const FIRST_SEGMENT = '0';

/** A UTC day as `2026-11-21`. */
export function dayName(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** What is counted of intents by their currency, dialect and method. */
export const MEASURES = ['created', 'confirmed', 'succeeded', 'captured', 'refunded'] as const;
export type Measure = (typeof MEASURES)[number];

/** Of an intent that nobody has tried to pay yet. */
export const NO_METHOD = '-';

/** The latest moments of the steps in which the time to pay is counted, in seconds. */
export const PAID_WITHIN_SECONDS: readonly number[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 180],
  ...[240, 300, 420, 600, 900, 1_200, 1_800, 2_700, 3_600, 7_200, 14_400, 28_800, 86_400],
  ...[172_800, 604_800, 2_592_000],
];

/** What a name of a tally says. */
export type Counted =
  | { kind: 'measure'; currency: string; dialect: string; method: string; measure: Measure }
  | { kind: 'decline'; code: string; declineCode: string | null }
  | { kind: 'paid'; withinSeconds: number };

/** The name under which something is counted. */
export function tallyName(counted: Counted): string {
  if (counted.kind === 'measure') {
    const { currency, dialect, method, measure } = counted;
    return `measure ${currency} ${dialect} ${method} ${measure}`;
  }
  if (counted.kind === 'paid') return `paid ${counted.withinSeconds}`;
  return `decline ${counted.code} ${counted.declineCode ?? ''}`;
}

/** The inverse of `tallyName`. */
export function readTallyName(name: string): Counted {
  const [kind, first = '', second = '', method = '', measure = ''] = name.split(' ');
  if (kind === 'paid') return { kind, withinSeconds: Number(first) };
  if (kind === 'decline') return { kind, code: first, declineCode: second === '' ? null : second };
  const known = MEASURES.find((one) => one === measure);
  if (known === undefined) throw new Error(`no tally is called ${name}`);
  return { kind: 'measure', currency: first, dialect: second, method, measure: known };
}

/** What one intent adds to its day, with all tries to pay it. */
function countedOf(intent: Intent, attempts: readonly Attempt[]): [Counted, bigint][] {
  const { created, currency, dialect, captured, refunded, latestAttempt } = intent;
  const latest = attempts.find(({ id }) => id === latestAttempt);
  const method = latest?.methodType ?? NO_METHOD;
  // Who was asked to act, or whose bank was asked, has confirmed.
  const isTried = latestAttempt !== null || intent.lastError !== null || attempts.length > 0;
  const isConfirmed = isTried || intent.challenge !== null || intent.asks !== null;
  const values: Readonly<Record<Measure, bigint>> = {
    created: 1n,
    confirmed: isConfirmed ? 1n : 0n,
    succeeded: captured > 0n ? 1n : 0n,
    captured,
    refunded,
  };
  const found: [Counted, bigint][] = MEASURES.map((measure) => [
    { kind: 'measure', currency, dialect, method, measure },
    values[measure],
  ]);
  for (const { state, decline } of attempts)
    if (state === 'failed' && decline !== null) {
      const { code, declineCode } = decline;
      found.push([{ kind: 'decline', code, declineCode }, 1n]);
    }
  const paid = captured > 0n ? (attempts.find((one) => one.captured > 0n) ?? latest) : undefined;
  if (paid !== undefined) {
    const seconds = paid.created - created;
    const within = PAID_WITHIN_SECONDS.find((step) => seconds <= step);
    const last = PAID_WITHIN_SECONDS.at(-1) ?? 0;
    found.push([{ kind: 'paid', withinSeconds: within ?? last }, 1n]);
  }
  return found;
}

/** What intents add up to, by the day on which each was made. `attempts`: all of theirs. */
export function talliesOf(intents: readonly Intent[], attempts: readonly Attempt[]): DayTallies {
  const tries = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const others = tries.get(attempt.intent);
    if (others === undefined) tries.set(attempt.intent, [attempt]);
    else others.push(attempt);
  }
  const days = new Map<string, Map<string, bigint>>();
  for (const intent of intents) {
    const day = dayName(intent.created);
    const sums = days.get(day) ?? new Map<string, bigint>();
    days.set(day, sums);
    for (const [counted, value] of countedOf(intent, tries.get(intent.id) ?? [])) {
      const name = tallyName(counted);
      sums.set(name, (sums.get(name) ?? 0n) + value);
    }
  }
  return Object.fromEntries([...days].map(([day, sums]) => [day, written(sums)]));
}

/** Sums as text, by name; those of zero are left out, so that equal tallies are equal texts. */
function written(sums: ReadonlyMap<string, bigint>): Tally {
  return Object.fromEntries(
    [...sums]
      .filter(([, value]) => value !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, String(value)]),
  );
}

/** A tally with another taken away from it and a third added. */
export function recounted(tally: Tally, before: Tally, after: Tally): Tally {
  const sums = new Map(Object.entries(tally).map(([name, value]) => [name, BigInt(value)]));
  const add = (change: Tally, sign: bigint): void => {
    for (const [name, value] of Object.entries(change))
      sums.set(name, (sums.get(name) ?? 0n) + sign * BigInt(value));
  };
  add(before, -1n);
  add(after, 1n);
  return written(sums);
}
