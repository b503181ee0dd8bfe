import type { LocalChainLimits } from './local-chain.js';

/** Every bound of the rail, with its unit in its name. */
export interface SolanaLimits {
  readonly local: LocalChainLimits;
  /** A call of a far chain without an answer for so long has none. */
  readonly chain_call_ms_max: number;
  /** Durable nonces: as many payments can be under way at once. */
  readonly nonce_pool_size: number;
  /** For so long a wallet may take to sign what was prepared for it. */
  readonly reservation_ms: number;
  /** How often a transaction that was sent is asked about. */
  readonly chain_poll_ms: number;
  /** A transaction that has not landed is sent again after so long. */
  readonly chain_resend_ms: number;
  /** Asked about for so long, then left to be asked about later. */
  readonly chain_confirm_ms_max: number;
  /** Failures in a row after which nothing is sent. */
  readonly breaker_failures_max: number;
  /** After so long one is tried, to see whether sending works again. */
  readonly breaker_pause_ms: number;
}

export const SOLANA_LIMITS: SolanaLimits = Object.freeze({
  local: Object.freeze({
    statuses_max: 10_000,
    // Some kilobytes each: what is read at the next start.
    journal_lines_max: 10_000,
  }),
  chain_call_ms_max: 10_000,
  // As the published sequencer's.
  nonce_pool_size: 10,
  // The protocol gives a wallet a second or five; the transaction is bound to it no longer.
  reservation_ms: 30_000,
  // About a slot.
  chain_poll_ms: 500,
  chain_resend_ms: 4_000,
  // Below `rail_answer_ms_max`. A cluster finalizes in about 13 s.
  chain_confirm_ms_max: 25_000,
  // As the published sequencer's.
  breaker_failures_max: 10,
  breaker_pause_ms: 30_000,
});
