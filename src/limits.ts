import type { CodeLimits } from './api/code/settings.js';
import type { HttpLimits } from './api/desk.js';
import type { EngineLimits } from './engine/engine.js';
import type { JobLimits } from './engine/jobs.js';
import type { RailDriverLimits } from './engine/rail-driver.js';
import type { RollupLimits } from './engine/rollup-job.js';
import type { SenderSettings } from './engine/sender.js';
import type { WebhookLimits } from './engine/webhooks.js';
import type { MailLimits } from './mail.js';
import { SOLANA_LIMITS, type SolanaLimits } from './rails/solana/limits.js';

export interface Limits {
  readonly http: HttpLimits;
  readonly engine: EngineLimits;
  readonly webhooks: WebhookLimits;
  readonly sender: Omit<SenderSettings, 'allowLoopback' | 'allowPrivate'>;
  readonly jobs: JobLimits;
  readonly rollups: RollupLimits;
  readonly rails: RailDriverLimits;
  readonly code: CodeLimits;
  readonly solana: SolanaLimits;
  readonly mail: MailLimits;
  readonly storage: {
    readonly sqlite_cache_kibibytes: number;
    readonly postgres_connections_max: number;
    readonly postgres_statement_timeout_ms: number;
  };
  readonly keyring_keys_max: number;
  readonly keyring_fresh_ms: number;
  readonly ready_wait_ms_max: number;
  readonly stop_ms_max: number;
}

/** Every bound of the program, with its unit in its name. */
export const LIMITS: Limits = Object.freeze({
  http: Object.freeze({
    // The largest request of any dialect is some tens of kilobytes of metadata.
    body_bytes_max: 1_048_576,
    // A body that is too large is read on to its end, unseen, so that the client gets the answer.
    discard_bytes_max: 16_777_216,
    // From the first byte of a request to its last: slower is a client that holds connections.
    body_wait_ms_max: 30_000,
    headers_wait_ms_max: 10_000,
    // How late the two above may be noticed.
    wait_check_ms: 1_000,
    // As Node's default: tokens and long cookies fit.
    header_bytes_max: 16_384,
    // Longer than the 60 s of common load balancers, so that they close first and lose nothing.
    keep_alive_ms: 65_000,
    // Nothing read or written: the client is gone. Longer than any answer takes.
    idle_ms_max: 120_000,
    // Each open stream of a wallet or a page is one; others must still get in beside them.
    connections_max: 16_000,
    // A gateway carries the streams of many wallets over one connection.
    http2_streams_max: 1_000,
    drain_ms_max: 8_000,
  }),
  engine: Object.freeze({
    // In trials throughput stopped growing between 64 and 256.
    batch_commands_max: 128,
    // About a second of work under full load: what waits longer is better sent again.
    queue_commands_max: 5_000,
    queue_wait_ms_max: 10_000,
    // Some kilobytes each: what a payment needs of itself from one request to the next.
    cached_rows_max: 4_000,
    batch_tries_max: 10,
    // Beside the payments on the same cores: what reads row by row must end.
    search_rows_max: 500_000,
    search_ms_max: 1_000,
    search_window_rows_max: 1_000,
    searches_max: 50,
  }),
  webhooks: Object.freeze({
    deliveries_in_flight_max: 32,
    // Each has a socket and its body in memory.
    sends_in_flight_max: 256,
    claims_at_once_max: 4,
    // Longer than a try: the sender's timeout and the time to write down how it ended.
    delivery_lease_ms: 60_000,
    delivery_lease_left_ms_min: 30_000,
    // New deliveries do not wait for it: it is for retries, whose shortest delay is 5 s.
    delivery_poll_ms: 1_000,
    delivery_stop_wait_ms_max: 5_000,
  }),
  sender: Object.freeze({
    // The field's own webhooks wait between 10 and 30 s.
    timeout_ms: 20_000,
    // What is kept with a try is for a person to read.
    response_bytes_max: 4_096,
    connections_per_origin_max: 32,
  }),
  jobs: Object.freeze({
    // Business time has seconds.
    job_poll_ms: 1_000,
    jobs_per_look_max: 200,
    prune_interval_ms: 600_000,
    prune_rows_max: 1_000,
    idempotency_hours: 24,
    // As long as the field lists its events.
    retention_days: 30,
  }),
  rollups: Object.freeze({
    // Charts by day can be some seconds old, and say so. Who counts more often counts more of it
    // twice: each look counts the newest segment anew, for whatever has come since.
    rollup_poll_ms: 10_000,
    rollup_accounts_per_look_max: 250,
    // Some seconds of work: an account from before must not hold up all others.
    rollup_steps_max: 400,
  }),
  rails: Object.freeze({
    rail_calls_max: 64,
    rail_queue_max: 1_000,
    rail_answer_ms_max: 30_000,
  }),
  code: Object.freeze({
    // As the published sequencer's, whose clients answer within 10 s.
    stream_ping_ms: 5_000,
    stream_pong_ms_max: 10_000,
    // The aim is 10,000 in one process; a few more keep a full house from locking out operators.
    streams_max: 12_000,
    // A whole office behind one address, and not the whole house.
    streams_per_address_max: 2_000,
    // Below the minute after which proxies close what is quiet.
    socket_ping_ms: 30_000,
    socket_close_ms_max: 1_000,
    socket_frames_max: 16,
    // As the published gateway's.
    frame_bytes_max: 1_048_576,
    poll_messages_max: 256,
    messages_per_request_max: 256,
    // A request with a domain and three fees has less than 700.
    message_bytes_max: 4_096,
    submit_wait_ms_max: 5_000,
    // Five million kin, which are fifty dollars by the table, and twenty times as much.
    airdrop_quarks: 500_000_000_000,
    airdrop_balance_quarks_max: 10_000_000_000_000,
    history_page_rows_max: 100,
    domain_wait_ms_max: 3_000,
    domain_bytes_max: 65_536,
    domain_fresh_ms: 300_000,
    webhook_wait_ms_max: 3_000,
  }),
  solana: SOLANA_LIMITS,
  mail: Object.freeze({
    mail_connections_max: 4,
    mail_connect_ms_max: 10_000,
    // Of silence. Servers that look at a letter before they take it may think for a while.
    mail_silence_ms_max: 30_000,
    // All of one try; below the lease on its job.
    mail_send_ms_max: 60_000,
  }),
  storage: Object.freeze({
    sqlite_cache_kibibytes: 32_768,
    // PostgreSQL allows 100 by default: several processes fit beside each other.
    postgres_connections_max: 16,
    postgres_statement_timeout_ms: 15_000,
  }),
  keyring_keys_max: 10_000,
  // A key that is revoked through another process stops within 5 s, the look-up included.
  keyring_fresh_ms: 3_000,
  // A probe that waits longer has its answer: the store is not ready.
  ready_wait_ms_max: 2_000,
  // All of stopping: below the 10 s after which container platforms kill.
  stop_ms_max: 9_000,
});
