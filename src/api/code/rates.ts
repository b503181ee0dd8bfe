import { PER_KIN } from './rate-table.js';

/** What one kin was worth at a moment. */
export interface RatesAt {
  /** Unix seconds: the last second before a quarter of an hour begins. */
  readonly asOf: number;
  /** Units of a currency for one kin, by the currency's lower-case code. */
  readonly rates: ReadonlyMap<string, number>;
}

/** Rates as wallets and merchants see them. */
export interface Rates {
  current(): RatesAt;
  /** The rates of a currency that a wallet may still go by, the newest first. */
  recent(currency: string): number[];
  /** Whether a wallet may pay by a rate: it is near enough to one of the last half hour. */
  wasPublished(currency: string, rate: number): boolean;
}

/** Where rates come from: those of one quarter of an hour, always the same for the same one. */
export type RateSource = (asOf: number) => ReadonlyMap<string, number>;

/** Seconds for which one set of rates stands. */
const GRID_SECONDS = 15 * 60;

/** Sets of rates by which a wallet may pay: the present one and those of the last 30 minutes. */
const SETS_ACCEPTED = 3;

/** How far a wallet's rate may lie from a published one, as a part of it. */
const RATE_TOLERANCE = 0.001;

/**
 * Builds the rates over a wall clock in Unix ms. The source is a fixed table, with which payments
 * can be tried out; an installation that settles for real brings its own.
 */
export function makeRates(nowMs: () => number, source: RateSource = () => PER_KIN): Rates {
  const asOfNow = (): number => Math.floor(nowMs() / 1000 / GRID_SECONDS) * GRID_SECONDS - 1;
  const recent = (currency: string): number[] =>
    Array.from({ length: SETS_ACCEPTED }, (_, age) =>
      source(asOfNow() - age * GRID_SECONDS).get(currency),
    ).filter((rate) => rate !== undefined);
  return {
    recent,
    current: () => {
      const asOf = asOfNow();
      return { asOf, rates: source(asOf) };
    },
    wasPublished: (currency, rate) =>
      recent(currency).some((known) => Math.abs(rate - known) <= known * RATE_TOLERANCE),
  };
}
